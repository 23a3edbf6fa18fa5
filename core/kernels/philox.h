// Counter-based random numbers: Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
// The number for (seed, purpose, step, particle, component) depends on nothing else: not on the number of particles or
// threads, nor on what was drawn before.
#pragma once

#include "core/kernels/host_device.h"

#include <cstdint>

namespace drift::kernels {

/// What numbers are for; numbers for different purposes are independent. Values are part of what a seed means: new
/// purposes go to the end.
enum class Purpose : uint32_t {
    InitialNoise,
    Proposal,
    Resampling,
    Problem,
    Metric,
    Training,
    Initialisation,
    Move,
    Momentum,    // of moves at fixed temperature, and their Langevin noise
    Acceptance,  // of what these propose
    Jitter,      // of their step size
    Lengths      // of chains that are not all equally long
};

/// All random numbers of one purpose at one step.
struct RandomStream {
    uint64_t seed = 0;
    Purpose purpose = Purpose::InitialNoise;
    uint32_t step = 0;
};

inline bool same_numbers(const RandomStream& a, const RandomStream& b) {
    return a.seed == b.seed && a.purpose == b.purpose && a.step == b.step;
}

struct PhiloxBlock {
    uint32_t word[4];
};

constexpr int philox_rounds = 10;

/// What is added to the halves of the key after each round.
constexpr uint32_t philox_key_step0 = 0x9E3779B9u;
constexpr uint32_t philox_key_step1 = 0xBB67AE85u;

/// The ten rounds: a bijection of 128-bit counters for each 64-bit key.
DRIFT_INLINE PhiloxBlock philox4x32(PhiloxBlock counter, uint32_t key0, uint32_t key1) {
    for (int round = 0; round < philox_rounds; ++round) {
        const uint64_t product0 = uint64_t{0xD2511F53u} * counter.word[0];
        const uint64_t product1 = uint64_t{0xCD9E8D57u} * counter.word[2];
        counter = {{static_cast<uint32_t>(product1 >> 32) ^ counter.word[1] ^ key0, static_cast<uint32_t>(product1),
                    static_cast<uint32_t>(product0 >> 32) ^ counter.word[3] ^ key1, static_cast<uint32_t>(product0)}};
        key0 += philox_key_step0;
        key1 += philox_key_step1;
    }
    return counter;
}

/// Four words for `block` of a particle. Particles are numbered below 2^32 and blocks below 2^24.
DRIFT_INLINE PhiloxBlock random_block(RandomStream stream, uint64_t particle, uint64_t block) {
    const auto purpose = static_cast<uint32_t>(stream.purpose);
    const PhiloxBlock counter{{static_cast<uint32_t>(particle), stream.step, static_cast<uint32_t>(block), purpose}};
    return philox4x32(counter, static_cast<uint32_t>(stream.seed), static_cast<uint32_t>(stream.seed >> 32));
}

/// Uniform in [0, 1), all 53 bits of it; block `component` of the particle.
DRIFT_INLINE double uniform(RandomStream stream, uint64_t particle, uint64_t component) {
    const PhiloxBlock block = random_block(stream, particle, component);
    const uint64_t bits = (static_cast<uint64_t>(block.word[0]) << 32 | block.word[1]) >> 11;
    return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace drift::kernels
