# Which sources read LibTorch's headers, directly or through headers of ours. The others compile faster without them as a
# precompiled header: reading it takes g++ a second, two under sanitizers.
include_guard()

set(drift_torch_header "^#include [<\"](torch|ATen|c10|core/torch\\.h)")

# drift_reads_torch(RESULT FILE): whether it includes LibTorch or one of the headers in drift_torch_readers.
function(drift_reads_torch result file)
  file(STRINGS ${file} includes REGEX "^#include")
  set(${result} NO PARENT_SCOPE)
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^#include [<\"]([^>\"]*).*" "\\1" header "${line}")
    if(line MATCHES "${drift_torch_header}" OR header IN_LIST drift_torch_readers)
      set(${result} YES PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Our headers that bring LibTorch along, by the names that they are included under: sought until no more are found.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/*.h ${PROJECT_SOURCE_DIR}/tests/*.h)
set(drift_torch_readers "")
set(growing YES)
while(growing)
  set(growing NO)
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "^${PROJECT_SOURCE_DIR}/(tests/)?" "" name ${header})
    if(NOT name IN_LIST drift_torch_readers)
      drift_reads_torch(reads ${header})
      if(reads)
        list(APPEND drift_torch_readers ${name})
        set(growing YES)
      endif()
    endif()
  endforeach()
endwhile()

# drift_precompiled_where_read(SOURCES...): spares those that do not read LibTorch the precompiled header.
function(drift_precompiled_where_read)
  foreach(source IN LISTS ARGN)
    drift_reads_torch(reads ${source})
    if(NOT reads)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()
