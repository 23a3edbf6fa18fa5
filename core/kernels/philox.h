// Counter-based random numbers: Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
// The number for (seed, purpose, step, particle, component) depends on nothing else: not on the number of particles or
// threads, nor on what was drawn before.
#pragma once

#include "core/kernels/lanes.h"

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

/// The ten rounds: a bijection of 128-bit counters for each 64-bit key.
DRIFT_INLINE PhiloxBlock philox4x32(PhiloxBlock counter, uint32_t key0, uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
        const uint64_t product0 = uint64_t{0xD2511F53u} * counter.word[0];
        const uint64_t product1 = uint64_t{0xCD9E8D57u} * counter.word[2];
        counter = {{static_cast<uint32_t>(product1 >> 32) ^ counter.word[1] ^ key0, static_cast<uint32_t>(product1),
                    static_cast<uint32_t>(product0 >> 32) ^ counter.word[3] ^ key1, static_cast<uint32_t>(product0)}};
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
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

#ifndef __CUDACC__
/// Product of the low 32 bits of each lane with `factor`. Written as a masked product of 64-bit lanes, GCC 12 emits a
/// full 64-bit multiplication, three to eight instructions below AVX-512; hence the assembler. Clang sees it by itself.
template <class Wide>
DRIFT_INLINE Wide wide_product(const Wide& lanes, const Wide& factor) {
#if defined(__x86_64__) && !defined(__clang__)
    Wide product;
    if constexpr (sizeof(Wide) == 16) {
        product = lanes;
        asm("pmuludq %1, %0" : "+x"(product) : "x"(factor));
    } else {
        asm("vpmuludq %2, %1, %0" : "=v"(product) : "v"(lanes), "v"(factor));
    }
    return product;
#else
    return (lanes & 0xffffffffu) * factor;
#endif
}

/// philox4x32 for a counter per 64-bit lane, of `Parts` registers at a time: a round waits for its products, and those
/// of the other part fill the gap. Only the low half of each lane is meant, going in and coming out.
template <class Wide, int Parts>
DRIFT_INLINE void philox4x32_lanes(Wide (&counter)[Parts][4], uint32_t key0, uint32_t key1) {
    const Wide factor0 = Wide{} + 0xD2511F53u;
    const Wide factor1 = Wide{} + 0xCD9E8D57u;
    for (int round = 0; round < 10; ++round) {
        Wide product0[Parts], product1[Parts];
        for (int part = 0; part < Parts; ++part) {
            product0[part] = wide_product(counter[part][0], factor0);
            product1[part] = wide_product(counter[part][2], factor1);
        }
        for (int part = 0; part < Parts; ++part) {
            counter[part][0] = (product1[part] >> 32) ^ counter[part][1] ^ key0;
            counter[part][1] = product1[part];
            counter[part][2] = (product0[part] >> 32) ^ counter[part][3] ^ key1;
            counter[part][3] = product0[part];
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}
#endif

}  // namespace drift::kernels
