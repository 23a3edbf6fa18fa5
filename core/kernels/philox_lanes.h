// Philox of philox.h for many counters at a time.
#pragma once

#include "core/kernels/philox.h"

namespace drift::kernels {

/// The keys of all rounds, each as wide as a lane: a loop over many counters spreads them over its lanes as it loads
/// them, which costs next to nothing, where it would else make them anew for each register.
struct PhiloxKeys {
    uint64_t of_round[philox_rounds][2];
};

DRIFT_INLINE PhiloxKeys philox_keys(RandomStream stream) {
    auto key0 = static_cast<uint32_t>(stream.seed);
    auto key1 = static_cast<uint32_t>(stream.seed >> 32);
    PhiloxKeys keys{};
    for (auto& round : keys.of_round) {
        round[0] = key0;
        round[1] = key1;
        key0 += philox_key_step0;
        key1 += philox_key_step1;
    }
    return keys;
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
DRIFT_INLINE void philox4x32_lanes(Wide (&counter)[Parts][4], const PhiloxKeys& keys) {
    const Wide factor0 = Wide{} + 0xD2511F53u;
    const Wide factor1 = Wide{} + 0xCD9E8D57u;
    DRIFT_UNROLL
    for (int round = 0; round < philox_rounds; ++round) {
        Wide product0[Parts], product1[Parts];
        for (int part = 0; part < Parts; ++part) {
            product0[part] = wide_product(counter[part][0], factor0);
            product1[part] = wide_product(counter[part][2], factor1);
        }
        for (int part = 0; part < Parts; ++part) {
            counter[part][0] = (product1[part] >> 32) ^ counter[part][1] ^ keys.of_round[round][0];
            counter[part][1] = product1[part];
            counter[part][2] = (product0[part] >> 32) ^ counter[part][3] ^ keys.of_round[round][1];
            counter[part][3] = product0[part];
        }
    }
}
#endif

}  // namespace drift::kernels
