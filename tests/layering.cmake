# The dependency arrows as a test: cmake -P tests/layering.cmake
set(root ${CMAKE_CURRENT_LIST_DIR}/..)
set(gui "(imgui|implot|hello_imgui|immapp|GLFW/|GL/|glad/|app/)")
set(libtorch "(torch/|ATen/|c10/|core/torch\\.h)")

function(forbid folder headers why)
  file(GLOB_RECURSE files ${root}/${folder}/*.h ${root}/${folder}/*.cpp ${root}/${folder}/*.cu)
  foreach(file IN LISTS files)
    file(STRINGS ${file} found REGEX "^#include [<\"]${headers}")
    list(FILTER found EXCLUDE REGEX "ATen/core/PhiloxRNGEngine\\.h")  # plain C++, needs nothing else of LibTorch
    if(found)
      message(SEND_ERROR "${file}: ${found}\n  ${why}")
    endif()
  endforeach()
endfunction()

forbid(core "${gui}" "core has no window")
forbid(core "torch/(types|torch|all)\\.h" "include core/torch.h, which compiles faster")
forbid(core/kernels "${libtorch}" "kernels are plain C++ and CUDA, without LibTorch")
forbid(app "${libtorch}" "the window sees frames and choices, never tensors")
