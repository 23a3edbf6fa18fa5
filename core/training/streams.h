// Random numbers of a training: those of one use in one iteration depend on the seed, the iteration and the use alone,
// so that a resumed training equals an uninterrupted one.
#pragma once

#include "core/random.h"

#include <cstdint>
#include <vector>

namespace drift {

enum class TrainingUse : uint64_t {
    Policy = 1,
    Reference,
    Resampling,
    ReferenceBack,
    Buffer,
    BufferBack,
    Local,
    LocalBack,
    LocalMoves,
    Data,
    DataBack,
    BackAndForth,
    Steps,
    Observations,
    Weights,
    Metrics,
    MetricsBack,
    Preview,
};

/// splitmix64 of the three: neighbouring iterations and uses get unrelated streams.
inline Random stream_of(uint64_t seed, int64_t iteration, TrainingUse use) {
    uint64_t mixed = seed * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(iteration) * 64 + static_cast<uint64_t>(use);
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return {mixed ^ (mixed >> 31U)};
}

/// `count` numbers in [0, 1).
inline std::vector<double> uniforms(const Random& random, int64_t count) {
    std::vector<double> values;
    for (int64_t i = 0; i < count; ++i) {
        values.push_back(kernels::uniform({random.seed, kernels::Purpose::Training, 0}, static_cast<uint64_t>(i), 0));
    }
    return values;
}

}  // namespace drift
