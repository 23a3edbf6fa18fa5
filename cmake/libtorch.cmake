# LibTorch, out of the Python wheel, as targets of our own (its TorchConfig.cmake insists on a CUDA toolkit):
#
#   drift::libtorch          the libraries, without a single header: what executables link
#   drift::libtorch_headers  the headers and what they need to compile: for core and for tests of core, never for app
#
# The wheel is the CUDA one. On the CPU only libtorch_cpu and libc10 are linked; they still load libcudart and libcupti,
# which come from NVIDIA's packages and lie where the wheel looks for them, at ../../nvidia from torch/lib.
include_guard()

if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 OR NOT CMAKE_SYSTEM_NAME STREQUAL Linux)
  message(FATAL_ERROR "The pinned LibTorch is for Linux on x86-64; this is ${CMAKE_SYSTEM_NAME} on ${CMAKE_SYSTEM_PROCESSOR}.")
endif()

# Dropped: what only Python needs, and LibTorch's own copy of fmt, which would hide the one that spdlog was built with.
drift_fetch(torch_dir NAME torch VERSION 2.15.0 SIZE "540 MB"
  SHA256 6d8c86f4e33a9f12a58149bd9b0d64351632b8eb44479be8ff85e5389932dd79
  PATTERNS "torch/include/*" "torch/lib/*.so*"
  DROP torch/include/fmt torch/include/pybind11 torch/include/google torch/lib/libtorch_python.so torch/lib/libshm.so)
# Fetches one of NVIDIA's packages and puts its libraries where the wheel looks for them.
function(drift_nvidia name version size sha256 pattern)
  drift_fetch(folder NAME nvidia-${name} VERSION ${version} SIZE "${size}" SHA256 ${sha256} PATTERNS "nvidia/*/lib/${pattern}")
  file(GLOB_RECURSE libraries RELATIVE ${folder} ${folder}/nvidia/*.so*)
  foreach(library IN LISTS libraries)
    if(NOT EXISTS ${torch_dir}/${library})
      get_filename_component(place ${torch_dir}/${library} DIRECTORY)
      file(MAKE_DIRECTORY ${place})
      file(CREATE_LINK ${folder}/${library} ${torch_dir}/${library} SYMBOLIC)
    endif()
  endforeach()
endfunction()

drift_nvidia(cuda-runtime 13.2.86 "2 MB" 3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0 libcudart.so*)
drift_nvidia(cuda-cupti 13.2.86 "13 MB" 8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586 libcupti.so*)

set(torch_include ${torch_dir}/torch/include ${torch_dir}/torch/include/torch/csrc/api/include)
set(torch_lib ${torch_dir}/torch/lib)

add_library(drift_libtorch_headers INTERFACE)
add_library(drift::libtorch_headers ALIAS drift_libtorch_headers)
target_include_directories(drift_libtorch_headers SYSTEM INTERFACE ${torch_include})
# Without -fopenmp at::parallel_for, a template, runs everything on one thread and says nothing.
# (Clang reads the code for clang-tidy only, and has no omp.h.)
target_compile_options(drift_libtorch_headers INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fopenmp>)

add_library(drift_libtorch INTERFACE)
add_library(drift::libtorch ALIAS drift_libtorch)
# The wheel's own libgomp: one thread pool in the process, not two.
target_link_libraries(drift_libtorch INTERFACE ${torch_lib}/libtorch_cpu.so ${torch_lib}/libc10.so ${torch_lib}/libgomp.so.1)
target_link_options(drift_libtorch INTERFACE
  -Wl,-rpath,${torch_lib} -Wl,-rpath-link,${torch_dir}/nvidia/cu13/lib)

# The CUDA libraries of the same wheel register themselves when they are loaded; nothing calls them by name. They need
# NVIDIA's own libraries (those that the wheel's metadata lists) when the program starts, not when it is linked: a machine
# without a GPU compiles and links the CUDA build, and cannot start it.
if(DRIFT_CUDA)
  option(DRIFT_CUDA_LIBRARIES "Fetch the 2 GB of NVIDIA's libraries that a CUDA build needs to start" ${has_gpu})
  if(DRIFT_CUDA_LIBRARIES)
    drift_nvidia(cublas 13.4.1.3 "405 MB" a5917cb642cfb07f4a0231ee16aec7e2e0357d8cb8b1b78a0c9c68dba3e6afc7 *)
    drift_nvidia(cuda-nvrtc 13.2.86 "47 MB" 8111c5130e967b78222ea2124145f8efe9ce201b752b2579a2513100a53be1c5 *)
    drift_nvidia(cudnn-cu13 9.26.0.51 "519 MB" 9c976d539786698c71d6bcdbe2053b7485fae062ff7e1215d2f2ff67b1a2149a *)
    drift_nvidia(cufft 12.2.0.57 "218 MB" 34da27fadf3979b0b042c43823f0530be8408b86df31ee0108e1ca0b621d4ef6 *)
    drift_nvidia(cufile 1.17.1.22 "1 MB" 87feaf8c3ad20d3d03a01933181801ff6892bace5c8f0b1e4b48f319d3e62d36 *)
    drift_nvidia(cusolver 12.2.0.11 "228 MB" fab5778f6769947389a1a6abc07e635576825a08c0ffc68c3ae7f1392c794b42 *)
    drift_nvidia(cusparse 12.7.10.12 "151 MB" 25907c75e4db1581685f06f61cc6cdecc04611765516a52373e0a18ebd69fa00 *)
    drift_nvidia(cusparselt-cu13 0.8.1 "170 MB" 786ce87568c303fadb5afcc7102d454cd3040d75f6f8626f5db460d1871f4dd0 *)
    drift_nvidia(nccl-cu13 2.30.7 "216 MB" cefa7fdb9710efd0f39c5f1be1d61ff6fc9a996c451265bd7fbdcf9455ed4b50 *)
    drift_nvidia(nvjitlink 13.2.86 "41 MB" 285a9cead9924391588d794400bdd7e8f9d1a277a7d78ed79acfa0ea702a14dd *)
    drift_nvidia(nvshmem-cu13 3.7.2 "135 MB" b9a4f843c62b5dded8ad33fd6d220e007dcd39f06cee549292f5ba14ce4c235c *)
    drift_nvidia(nvtx 13.2.86 "1 MB" 968ce72baee2a01791c7d3254000eac81f24677b0b91c62d21b449a1f309c245 *)
  endif()
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(drift_libtorch INTERFACE
    -Wl,--push-state,--no-as-needed ${torch_lib}/libtorch_cuda.so -Wl,--pop-state
    ${torch_lib}/libc10_cuda.so ${torch_dir}/nvidia/cu13/lib/libcudart.so.13)
  target_link_options(drift_libtorch INTERFACE -Wl,--unresolved-symbols=ignore-in-shared-libs)
endif()
