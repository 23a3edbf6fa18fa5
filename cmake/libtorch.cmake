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
drift_fetch(cudart_dir NAME nvidia-cuda-runtime VERSION 13.2.86 SIZE "2 MB"
  SHA256 3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0 PATTERNS "nvidia/cu13/lib/libcudart.so*")
drift_fetch(cupti_dir NAME nvidia-cuda-cupti VERSION 13.2.86 SIZE "13 MB"
  SHA256 8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586 PATTERNS "nvidia/cu13/lib/libcupti.so*")
foreach(library ${cudart_dir}/nvidia/cu13/lib/libcudart.so.13 ${cupti_dir}/nvidia/cu13/lib/libcupti.so.13)
  get_filename_component(name ${library} NAME)
  if(NOT EXISTS ${torch_dir}/nvidia/cu13/lib/${name})
    file(MAKE_DIRECTORY ${torch_dir}/nvidia/cu13/lib)
    file(CREATE_LINK ${library} ${torch_dir}/nvidia/cu13/lib/${name} SYMBOLIC)
  endif()
endforeach()

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

# The CUDA libraries of the same wheel register themselves when they are loaded; nothing calls them by name. NVIDIA's own
# libraries, which they need, are looked for when the program starts and not when it is linked.
if(DRIFT_CUDA)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(drift_libtorch INTERFACE
    -Wl,--push-state,--no-as-needed ${torch_lib}/libtorch_cuda.so -Wl,--pop-state
    ${torch_lib}/libc10_cuda.so ${torch_dir}/nvidia/cu13/lib/libcudart.so.13)
  target_link_options(drift_libtorch INTERFACE -Wl,--unresolved-symbols=ignore-in-shared-libs)
endif()
