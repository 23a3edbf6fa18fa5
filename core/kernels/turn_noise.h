// Two normal numbers for each particle of a turn, before any of them is used: words and normal numbers are long chains,
// of which a processor works at several registers at once only where each is a loop of its own, with its constants in
// registers.
#pragma once

#include "core/kernels/normal_lanes.h"
#include "core/kernels/then.h"

namespace drift::kernels {

/// The first `Words` words of block 0 of each particle from `start` on.
template <class T, int Words>
struct WordsOfTurn {
    using Real = T;
    using Unsigned = typename BitsOf<T>::Unsigned;
    RandomStream stream;
    PhiloxKeys keys;  // of the stream
    int64_t start;
    Unsigned* words;  // [Words, stride], written a whole register at a time
    int64_t stride;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int /*valid*/) const {
        typename L::Bits word[4];
        words_for_particles<L>(stream, keys, first, 0, word);
        for (int w = 0; w < Words; ++w) {
            __builtin_memcpy(words + w * stride + (first - start), &word[w], sizeof(word[w]));
        }
    }
};

/// The normal numbers of two words, a column each.
template <class T>
struct NormalsOfTurn {
    using Real = T;
    using Unsigned = typename BitsOf<T>::Unsigned;
    int64_t start;
    const Unsigned* words;  // [2, stride]
    T* z;                   // [2, stride]
    int64_t stride;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int /*valid*/) const {
        typename L::Bits radius, angle;
        typename L::Real pair[2];
        __builtin_memcpy(&radius, words + (first - start), sizeof(radius));
        __builtin_memcpy(&angle, words + stride + (first - start), sizeof(angle));
        normal_pair<L>(radius, angle, pair[0], pair[1]);
        __builtin_memcpy(z + (first - start), &pair[0], sizeof(pair[0]));
        __builtin_memcpy(z + stride + (first - start), &pair[1], sizeof(pair[1]));
    }
};

}  // namespace drift::kernels
