#include "core/exec.h"

#include <ATen/Parallel.h>

#ifdef DRIFT_CUDA
#include <c10/cuda/CUDAStream.h>
#endif

namespace drift {

namespace kernels {

int64_t cpu_threads() {
    return at::get_num_threads();
}

void for_chunks_on_cpu(int64_t n, const std::function<void(int64_t, int64_t)>& chunk) {
    at::parallel_for(0, n, 1, chunk);
}

}  // namespace kernels

kernels::Exec exec_on(torch::Device device) {
    if (!device.is_cuda()) {
        return {};
    }
#ifdef DRIFT_CUDA
    return {true, c10::cuda::getCurrentCUDAStream(device.index()).stream()};
#else
    throw std::logic_error("this build has no CUDA kernels");
#endif
}

}  // namespace drift
