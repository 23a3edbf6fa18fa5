// Where a function of a kernel may run: nvcc wants it said, other compilers know one place alone.
#pragma once

#ifdef __CUDACC__
#define DRIFT_HOST_DEVICE __host__ __device__
#define DRIFT_INLINE __host__ __device__ __forceinline__
#define DRIFT_UNROLL
#else
#define DRIFT_HOST_DEVICE
#define DRIFT_INLINE __attribute__((always_inline)) inline
#define DRIFT_UNROLL _Pragma("GCC unroll 16")
#endif
