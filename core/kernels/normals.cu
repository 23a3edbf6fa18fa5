#include "core/kernels/normals.h"

#include "core/kernels/normal_lanes.h"
#include "core/kernels/parallel_for.h"

namespace drift::kernels {

/// One item is four components of one particle.
template <class T>
struct FillNormals {
    using Real = T;
    RandomStream stream;
    int64_t dims;
    int64_t blocks;
    T* out;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        typename L::Bits word[4];
        typename L::Real z[4];
        words_for_items<L>(stream, first, blocks, word);
        if (dims == 2) {
            typename L::Real pair[2];
            normal_pair<L>(word[0], word[1], pair[0], pair[1]);
            store_rows<L>(out + 2 * first, valid, pair);
            return;
        }
        normals_from_words<L, 4>(word, z);
        if (dims == 4 * blocks) {
            store_rows<L>(out + 4 * first, valid, z);
        } else {
            store_ragged<L>(first, valid, z);
        }
    }

    /// Rows that do not hold a whole number of blocks.
    template <class L>
    DRIFT_INLINE void store_ragged(int64_t first, int valid, const typename L::Real (&z)[4]) const {
        int64_t particle = first / blocks;
        int64_t component = 4 * (first % blocks);
        for (int l = 0; l < valid; ++l) {
            for (int k = 0; k < 4 && component + k < dims; ++k) {
                out[particle * dims + component + k] = lane<L>(z[k], l);
            }
            component += 4;
            if (component >= dims) {
                component = 0;
                ++particle;
            }
        }
    }
};

struct FillUniforms {
    using Real = double;
    RandomStream stream;
    double* out;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        for (int l = 0; l < valid; ++l) {
            out[first + l] = uniform(stream, static_cast<uint64_t>(first + l), 0);
        }
    }
};

DRIFT_ON_GPU(FillNormals<float>)
DRIFT_ON_GPU(FillNormals<double>)
DRIFT_ON_GPU(FillUniforms)

#ifndef __CUDACC__

double normal(RandomStream stream, uint64_t particle, uint64_t component) {
    using One = Lanes<double, 0>;
    const PhiloxBlock block = random_block(stream, particle, component / 4);
    const uint64_t word[4] = {block.word[0], block.word[1], block.word[2], block.word[3]};
    double z[4];
    normals_from_words<One, 4>(word, z);
    return z[component % 4];
}

template <class T>
void fill_normals(Exec exec, RandomStream stream, int64_t n, int64_t dims, T* out) {
    const int64_t blocks = (dims + 3) / 4;
    parallel_for(exec, n * blocks, FillNormals<T>{stream, dims, blocks, out});
}
template void fill_normals(Exec, RandomStream, int64_t, int64_t, float*);
template void fill_normals(Exec, RandomStream, int64_t, int64_t, double*);

void fill_uniforms(Exec exec, RandomStream stream, int64_t n, double* out) {
    parallel_for(exec, n, FillUniforms{stream, out});
}

#endif

}  // namespace drift::kernels
