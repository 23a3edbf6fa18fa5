# Which sources read LibTorch's headers, directly or through headers of ours. The others compile faster without them as a
# precompiled header: reading it takes g++ a second, two under sanitizers. Looked at again whenever one of our headers
# changes; a source that comes to read LibTorch without one compiles slower until then.
include_guard()

# drift_reads_torch(RESULT FILE READERS...): whether it includes LibTorch or one of READERS.
function(drift_reads_torch result file)
  file(STRINGS ${file} includes REGEX "^#include")
  set(${result} NO PARENT_SCOPE)
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^#include [<\"]([^>\"]*).*" "\\1" header "${line}")
    if(header MATCHES "^(torch|ATen|c10)/" OR header IN_LIST ARGN)
      set(${result} YES PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# drift_torch_readers(RESULT): our headers that bring LibTorch along, by the names that they are included under; sought
# until no more are found.
function(drift_torch_readers result)
  set(names "")
  foreach(folder ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/core/*.h ${folder}/support/*.h ${folder}/bench/*.h)
    foreach(name IN LISTS found)
      list(APPEND names ${name})
      set(file_${name} ${folder}/${name})
    endforeach()
  endforeach()
  set(readers "")
  set(growing YES)
  while(growing)
    set(growing NO)
    foreach(name IN LISTS names)
      drift_reads_torch(reads ${file_${name}} ${readers})
      if(reads AND NOT name IN_LIST readers)
        list(APPEND readers ${name})
        set(growing YES)
      endif()
    endforeach()
  endwhile()
  foreach(name IN LISTS names)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file_${name}})
  endforeach()
  set(${result} ${readers} PARENT_SCOPE)
endfunction()

drift_torch_readers(drift_torch_headers)

# drift_precompiled_where_read(SOURCES...): spares those that do not read LibTorch the precompiled header.
function(drift_precompiled_where_read)
  foreach(source IN LISTS ARGN)
    drift_reads_torch(reads ${source} ${drift_torch_headers})
    if(NOT reads)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()
