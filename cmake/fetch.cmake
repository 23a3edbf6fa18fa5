# Fetching from PyPI, by name, version and hash, into one cache that all build folders and clones share.
#
#   drift_fetch(<out> NAME torch VERSION 2.15.0 SHA256 <hex> [SIZE "540 MB"] [SOURCE] PATTERNS torch/lib/* ...)
#
# sets <out> to a folder that holds the unpacked files. Safe to interrupt and to repeat: a package is unpacked beside its
# place and renamed, and two configure steps wait for each other.

if(DEFINED ENV{DRIFT_CACHE})
  set(drift_cache "$ENV{DRIFT_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(drift_cache "$ENV{XDG_CACHE_HOME}/driftscope")
else()
  set(drift_cache "$ENV{HOME}/.cache/driftscope")
endif()

# Packages are asked for in one explicit Python version, so that one hash serves whatever Python the user has.
set(drift_pip_wheel --only-binary=:all: --implementation cp --python-version 3.12 --abi cp312 --abi none
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64
    --platform manylinux_2_18_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
    --platform manylinux2010_x86_64)

# Downloads one package into `folder` or stops the configure step with a sentence that a person can act on.
function(drift_download folder name version sha256 source)
  set(choice ${drift_pip_wheel})
  if(source)
    # By name: with :all: pip would compile that package's build tools, which it needs for the metadata, from source too.
    set(choice --no-binary=${name})
  endif()
  file(MAKE_DIRECTORY ${folder})
  file(WRITE ${folder}/requirement.txt "${name}==${version} --hash=sha256:${sha256}\n")
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -m pip download --disable-pip-version-check --no-cache-dir --no-deps --require-hashes
            ${choice} --dest ${folder} --requirement ${folder}/requirement.txt
    RESULT_VARIABLE failed)
  if(failed)
    file(REMOVE_RECURSE ${folder})
    message(FATAL_ERROR
      "Could not fetch ${name} ${version} from the Python package index (what pip said stands above). "
      "Check the network connection, a proxy (https_proxy) and free space under ${drift_cache}, then run the same "
      "command again; what has been fetched already is kept.")
  endif()
endfunction()

function(drift_fetch out)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SOURCE" "NAME;VERSION;SHA256;SIZE" "PATTERNS;DROP")
  # What is taken out of the archive belongs to the name: another choice is another folder.
  string(SHA256 key "${arg_SHA256} ${arg_PATTERNS} ${arg_DROP}")
  string(SUBSTRING ${key} 0 8 key)
  set(folder ${drift_cache}/${arg_NAME}-${arg_VERSION}-${key})
  set(${out} ${folder} PARENT_SCOPE)
  if(EXISTS ${folder})
    return()
  endif()
  file(MAKE_DIRECTORY ${drift_cache})
  file(LOCK ${drift_cache}/lock GUARD FUNCTION TIMEOUT 1800 RESULT_VARIABLE locked)
  if(NOT locked EQUAL 0)
    message(FATAL_ERROR "Another build has been fetching into ${drift_cache} for half an hour (${locked}); "
                        "wait for it, or stop it, then run the same command again.")
  endif()
  if(EXISTS ${folder})  # fetched by the build that we waited for
    return()
  endif()

  find_package(Python3 QUIET COMPONENTS Interpreter)
  if(NOT Python3_EXECUTABLE)
    message(FATAL_ERROR "Python 3 with pip is needed to fetch ${arg_NAME}: install python3-pip, or use ./dev build.")
  endif()
  message(NOTICE "Fetching ${arg_NAME} ${arg_VERSION} (${arg_SIZE}), once, into ${drift_cache}")
  set(partial ${folder}.partial)
  file(REMOVE_RECURSE ${partial})
  drift_download(${partial}/download ${arg_NAME} ${arg_VERSION} ${arg_SHA256} ${arg_SOURCE})
  file(GLOB archive ${partial}/download/*.whl ${partial}/download/*.tar.gz)
  message(NOTICE "Unpacking ${arg_NAME} ${arg_VERSION}")
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${partial} PATTERNS ${arg_PATTERNS})
  list(TRANSFORM arg_DROP PREPEND ${partial}/)
  file(REMOVE_RECURSE ${partial}/download ${arg_DROP})
  file(RENAME ${partial} ${folder})
endfunction()
