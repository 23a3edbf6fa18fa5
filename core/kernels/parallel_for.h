// Runs one functor over [0, n), on CPU threads or on the GPU. Kernels include this and never LibTorch: they compile in
// seconds. Host code of a kernel is always compiled by the C++ compiler; where there is a GPU, nvcc compiles the same
// file a second time, only for the functors that DRIFT_ON_GPU names (nvcc takes no vector types in a functor that also
// runs on the GPU, and would leave the CPU side without vector code).
#pragma once

#include "core/kernels/exec.h"
#include "core/kernels/lanes.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <type_traits>

namespace drift::kernels {

/// Starts the tiles of [0, n) on the stream, each on a thread of its own with one lane. Defined by DRIFT_ON_GPU.
template <class Body>
void launch_on_gpu(Exec exec, int64_t n, const Body& body);

/// Raises a counter that all threads share.
DRIFT_INLINE void add_one(int32_t* counter) {
#ifdef __CUDA_ARCH__
    atomicAdd(counter, 1);
#else
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
#endif
}

namespace detail {

/// A register of lanes, or what Body says for such lanes.
template <class Body, class L, class = void>
struct TileSizeOfLanes {
    static constexpr int value = L::count;
};
template <class Body, class L>
struct TileSizeOfLanes<Body, L, std::void_t<decltype(Body::template tile_size_of<L>)>> {
    static constexpr int value = Body::template tile_size_of<L>;
};

/// How many items one call of tile() takes: a register of lanes, or Body::tile_size where it names one, which may
/// depend on the lanes. Two templates, as nvcc takes two specialisations by std::void_t for one.
template <class Body, class L, class = void>
struct TileSize : TileSizeOfLanes<Body, L> {};
template <class Body, class L>
struct TileSize<Body, L, std::void_t<decltype(Body::tile_size)>> {
    static constexpr int value = Body::tile_size;
};

template <class L, class Body>
DRIFT_INLINE void run_tile(const Body& body, int64_t n, int64_t first) {
    constexpr int size = TileSize<Body, L>::value;
    body.template tile<L>(first, n - first < size ? static_cast<int>(n - first) : size);
}

}  // namespace detail

/// The tiles of a body within one of another, larger or equal, of `count` items from `first` on.
template <class L, class Body>
DRIFT_INLINE void run_part(const Body& body, int64_t first, int count) {
    for (int i = 0; i < count; i += detail::TileSize<Body, L>::value) {
        detail::run_tile<L>(body, first + count, first + i);
    }
}

#ifndef __CUDACC__
#define DRIFT_AVX2 target("avx2,fma")
#define DRIFT_AVX512 target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")

namespace detail {

// One instance of every function per instruction set: the attribute holds for what is inlined as well.
template <class Body>
__attribute__((noinline)) void part_baseline(const Body& body, int64_t first, int count) {
    run_part<Lanes<typename Body::Real, 16>>(body, first, count);
}
#ifdef __x86_64__
constexpr bool has_wide_vectors = true;

template <class Body>
__attribute__((noinline, DRIFT_AVX2)) void part_avx2(const Body& body, int64_t first, int count) {
    run_part<Lanes<typename Body::Real, 32>>(body, first, count);
}
template <class Body>
__attribute__((noinline, DRIFT_AVX512)) void part_avx512(const Body& body, int64_t first, int count) {
    run_part<Lanes<typename Body::Real, 64>>(body, first, count);
}
#else
constexpr bool has_wide_vectors = false;
#endif

template <int Bytes, class Body>
DRIFT_INLINE void part_of_width(const Body& body, int64_t first, int count) {
#ifdef __x86_64__
    if constexpr (Bytes == 64) {
        return part_avx512(body, first, count);
    } else if constexpr (Bytes == 32) {
        return part_avx2(body, first, count);
    }
#endif
    static_assert(Bytes == 16 || (Bytes > 16 && has_wide_vectors), "no function for such lanes");
    if constexpr (Bytes == 16) {
        part_baseline(body, first, count);
    }
}

}  // namespace detail
#endif

/// run_part as a function of its own: the constants of a loop stay in registers where a function has few others.
template <class L, class Body>
DRIFT_INLINE void run_apart(const Body& body, int64_t first, int count) {
    if constexpr (L::bytes == 0) {
        run_part<L>(body, first, count);
    } else {
#ifndef __CUDACC__
        detail::part_of_width<L::bytes>(body, first, count);
#endif
    }
}

#ifdef __CUDACC__

inline void check(cudaError_t error) {
    if (error != cudaSuccess) {
        throw std::runtime_error(cudaGetErrorString(error));
    }
}

template <class Body>
__global__ void run_each(int64_t n, Body body) {
    using L = Lanes<typename Body::Real, 0>;
    const int64_t thread = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const int64_t first = thread * detail::TileSize<Body, L>::value;
    if (first < n) {
        detail::run_tile<L>(body, n, first);
    }
}

template <class Body>
void launch_on_gpu(Exec exec, int64_t n, const Body& body) {
    constexpr int64_t size = detail::TileSize<Body, Lanes<typename Body::Real, 0>>::value;
    constexpr int64_t block = 128;
    const auto grid = static_cast<unsigned>((n + size * block - 1) / (size * block));
    run_each<<<grid, block, 0, static_cast<cudaStream_t>(exec.stream)>>>(n, body);
    check(cudaGetLastError());
}

#define DRIFT_ON_GPU(...) template void launch_on_gpu<__VA_ARGS__>(Exec, int64_t, const __VA_ARGS__&);

#else

#define DRIFT_ON_GPU(...)

namespace detail {

/// The tiles that start in [begin, end): where tiles start does not depend on how [0, n) was split.
template <class L, class Body>
DRIFT_INLINE void run_tiles(const Body& body, int64_t n, int64_t begin, int64_t end) {
    constexpr int64_t size = TileSize<Body, L>::value;
    for (int64_t first = (begin + size - 1) / size * size; first < end; first += size) {
        run_tile<L>(body, n, first);
    }
}

// One instance of every tile function per instruction set: the attribute holds for what is inlined as well.
template <class Body>
void run_baseline(const Body& body, int64_t n, int64_t begin, int64_t end) {
    run_tiles<Lanes<typename Body::Real, 16>>(body, n, begin, end);
}
#ifdef __x86_64__
template <class Body>
__attribute__((DRIFT_AVX2)) void run_avx2(const Body& body, int64_t n, int64_t begin, int64_t end) {
    run_tiles<Lanes<typename Body::Real, 32>>(body, n, begin, end);
}
template <class Body>
__attribute__((DRIFT_AVX512)) void run_avx512(const Body& body, int64_t n, int64_t begin, int64_t end) {
    run_tiles<Lanes<typename Body::Real, 64>>(body, n, begin, end);
}
#endif

template <class Body>
void run_on_cpu(const Body& body, int64_t n, int64_t begin, int64_t end) {
#ifdef __x86_64__
    switch (cpu_vectors()) {
        case CpuVectors::Avx512:
            return run_avx512(body, n, begin, end);
        case CpuVectors::Avx2:
            return run_avx2(body, n, begin, end);
        case CpuVectors::Baseline:
            break;
    }
#endif
    run_baseline(body, n, begin, end);
}

constexpr int64_t smallest_chunk = 64;

template <class Body>
void run_on_gpu(Exec exec, int64_t n, const Body& body) {
#ifdef DRIFT_CUDA
    launch_on_gpu(exec, n, body);
#else
    (void)exec, (void)n, (void)body;
    throw std::logic_error("this build has no CUDA kernels");
#endif
}

}  // namespace detail

/// parallel_for for a body that is meant for the CPU alone.
template <class Body>
void parallel_on_cpu(int64_t n, const Body& body) {
    if (n <= detail::smallest_chunk) {  // waking the other threads takes longer than the work
        return detail::run_on_cpu(body, n, 0, n);
    }
    for_chunks_on_cpu(n, [&body, n](int64_t begin, int64_t end) { detail::run_on_cpu(body, n, begin, end); });
}

/// Runs body.tile<L>(first, valid) over [0, n), `valid` items from `first` on: a register of lanes at a time on the
/// CPU, one lane at a time on the GPU, or a fixed number of items, lanes or not, where Body names a `tile_size`. Body
/// is a struct of plain pointers and numbers that names its `Real`. What is computed for a tile does not depend on how
/// [0, n) was split, so results are the same for any number of threads.
template <class Body>
void parallel_for(Exec exec, int64_t n, const Body& body) {
    if (n <= 0) {
        return;
    }
    if (exec.on_gpu) {
        return detail::run_on_gpu(exec, n, body);
    }
    parallel_on_cpu(n, body);
}

#endif  // __CUDACC__

}  // namespace drift::kernels
