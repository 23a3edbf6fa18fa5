// Where kernels run. What callers of kernels need to know of it, apart from parallel_for.h: that file and those of
// lanes are for kernels alone, so that a change to them compiles nothing else again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace drift::kernels {

struct Exec {
    bool on_gpu = false;
    void* stream = nullptr;  // a cudaStream_t when on_gpu
};

/// Splits [0, n) over LibTorch's own thread pool, so that two pools never compete for the cores.
void for_chunks_on_cpu(int64_t n, const std::function<void(int64_t, int64_t)>& chunk);

/// Among how many threads for_chunks_on_cpu shares the work.
int64_t cpu_threads();

/// Copies `bytes` from where the kernels of `exec` write to the host, after everything started before has finished.
void copy_to_host(Exec exec, void* to, const void* from, size_t bytes);

/// Copies `bytes` from the host to where the kernels of `exec` read, before anything started later runs.
void copy_from_host(Exec exec, void* to, const void* from, size_t bytes);

/// The widest vector instructions that the kernels may use; every binary holds all of them.
enum class CpuVectors { Baseline, Avx2, Avx512 };

/// What this processor has, or less if limit_cpu_vectors said so.
CpuVectors cpu_vectors();

/// For tests and benchmarks: use at most these. Not to be called while kernels run.
void limit_cpu_vectors(CpuVectors most);

}  // namespace drift::kernels
