// Kernels with each of the vector instructions that they are compiled for; less than asked for where the processor has
// less.
#pragma once

#include "core/kernels/exec.h"

namespace drift::test {

inline constexpr kernels::CpuVectors instruction_sets[] = {kernels::CpuVectors::Baseline, kernels::CpuVectors::Avx2,
                                                           kernels::CpuVectors::Avx512};

/// As long as it lives.
class LimitedVectors {
public:
    explicit LimitedVectors(kernels::CpuVectors most) { kernels::limit_cpu_vectors(most); }
    LimitedVectors(const LimitedVectors&) = delete;
    LimitedVectors& operator=(const LimitedVectors&) = delete;
    ~LimitedVectors() { kernels::limit_cpu_vectors(kernels::CpuVectors::Avx512); }
};

}  // namespace drift::test
