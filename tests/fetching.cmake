# What a person reads where the network fails, and what is left behind: cmake -P tests/fetching.cmake
if(DEFINED FOLDER)  # the part that has to fail, run by the other one
  include(${CMAKE_CURRENT_LIST_DIR}/../cmake/fetch.cmake)
  find_program(Python3_EXECUTABLE python3 REQUIRED)
  drift_download(${FOLDER}/partial libtorch-of-nobody 1.0 0000 OFF)
  return()
endif()

set(folder ${CMAKE_CURRENT_BINARY_DIR}/fetching_test)
file(REMOVE_RECURSE ${folder})
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env PIP_INDEX_URL=http://127.0.0.1:9/ PIP_RETRIES=0 PIP_DEFAULT_TIMEOUT=5 no_proxy=127.0.0.1
          ${CMAKE_COMMAND} -DFOLDER=${folder} -P ${CMAKE_CURRENT_LIST_FILE}
  RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
string(REGEX REPLACE "[ \n]+" " " said "${said}")
if(result EQUAL 0)
  message(FATAL_ERROR "a package that nobody has was fetched")
endif()
foreach(words "Could not fetch libtorch-of-nobody 1.0 from the Python package index" "Check the network connection"
        "run the same command again; what has been fetched already is kept")
  string(FIND "${said}" "${words}" found)
  if(found EQUAL -1)
    message(SEND_ERROR "'${words}' was not said, but: ${said}")
  endif()
endforeach()
if(EXISTS ${folder}/partial)
  message(SEND_ERROR "half of a download was left in ${folder}/partial")
endif()
