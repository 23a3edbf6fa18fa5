#include "core/exec.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>

#ifdef DRIFT_CUDA
#include <c10/cuda/CUDAStream.h>
#endif

namespace drift {

namespace kernels {
namespace {

constexpr int64_t most_threads = 64;

/// How many chunks of a thread's share were taken, by whomever; alone in its cache line.
struct alignas(64) Share {
    std::atomic<int64_t> taken{0};
};

}  // namespace

int64_t cpu_threads() {
    return at::get_num_threads();
}

void for_chunks_on_cpu(int64_t n, const std::function<void(int64_t, int64_t)>& chunk) {
    constexpr int64_t chunks_each = 8;     // of a thread
    constexpr int64_t smallest = 1 << 11;  // items of a chunk: below, handing them out costs more than waiting
    const int64_t threads = cpu_threads();
    if (n < threads * chunks_each * smallest || threads > most_threads) {
        at::parallel_for(0, n, 1, chunk);
        return;
    }
    // A thread begins with its own share, whose particles it has in its cache, and then helps the others.
    const int64_t size = (n + threads * chunks_each - 1) / (threads * chunks_each);
    std::array<Share, most_threads> shares;
    at::parallel_for(0, threads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end + threads - 1; ++i) {
            const int64_t owner = i % threads;
            int64_t at = shares.at(static_cast<size_t>(owner)).taken++;
            for (; at < chunks_each; at = shares.at(static_cast<size_t>(owner)).taken++) {
                const int64_t first = (owner * chunks_each + at) * size;
                chunk(std::min(first, n), std::min(first + size, n));
            }
        }
    });
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
