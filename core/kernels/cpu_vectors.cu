#include "core/kernels/parallel_for.h"

namespace drift::kernels {
#ifndef __CUDACC__
namespace {

CpuVectors detect_cpu_vectors() {
#ifdef __x86_64__
    const auto has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const auto has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    if (has_avx2) {
        return has_avx512 ? CpuVectors::Avx512 : CpuVectors::Avx2;
    }
#endif
    return CpuVectors::Baseline;
}

CpuVectors& allowed_vectors() {
    static CpuVectors allowed = detect_cpu_vectors();
    return allowed;
}

}  // namespace

CpuVectors cpu_vectors() {
    return allowed_vectors();
}

void limit_cpu_vectors(CpuVectors most) {
    const CpuVectors present = detect_cpu_vectors();
    allowed_vectors() = most < present ? most : present;
}
#endif

#if defined(__CUDACC__) || !defined(DRIFT_CUDA)

void copy_to_host(Exec exec, void* to, const void* from, size_t bytes) {
#ifdef __CUDACC__
    if (exec.on_gpu) {
        const auto stream = static_cast<cudaStream_t>(exec.stream);
        check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream));
        check(cudaStreamSynchronize(stream));
        return;
    }
#endif
    (void)exec;
    std::memcpy(to, from, bytes);
}

void copy_from_host(Exec exec, void* to, const void* from, size_t bytes) {
#ifdef __CUDACC__
    if (exec.on_gpu) {
        const auto stream = static_cast<cudaStream_t>(exec.stream);
        check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream));
        check(cudaStreamSynchronize(stream));
        return;
    }
#endif
    (void)exec;
    std::memcpy(to, from, bytes);
}

#endif

}  // namespace drift::kernels
