#include "core/kernels/probes.h"

#include "core/kernels/lane_math.h"
#include "core/kernels/linear_residual.h"
#include "core/kernels/normal_lanes.h"
#include "core/kernels/parallel_for.h"
#include "core/kernels/row_blocks.h"

namespace drift::kernels {

/// What both estimates know of a tile: e = y - A D, and for each probe u and A u.
template <class T, int Dims, int Rows>
struct AroundDenoised {
    static constexpr int max_dims = Dims == 0 ? static_cast<int>(max_probe_dims) : Dims;
    static constexpr int max_rows = Rows == 0 ? static_cast<int>(max_likelihood_rows) : Rows;
    Probes<T> probes;

    DRIFT_HOST_DEVICE int dims() const { return Dims == 0 ? static_cast<int>(probes.likelihood.dims) : Dims; }
    DRIFT_HOST_DEVICE int rows() const { return Rows == 0 ? static_cast<int>(probes.likelihood.rows) : Rows; }

    template <class L>
    struct Tile {
        typename L::Real e[max_rows]{};
        typename L::Real u[max_dims + 3]{};  // a block of four may reach beyond the last
        typename L::Real seen[max_rows]{};   // A u
    };

    template <class L>
    DRIFT_INLINE void start(int64_t first, int valid, Tile<L>& tile) const {
        const LinearLikelihood<T>& of = probes.likelihood;
        linear_residual<L, Dims>(of.matrix, of.observed, rows(), dims(), of.x + first * dims(), valid, tile.e);
    }

    template <class L>
    DRIFT_INLINE void draw(int64_t first, int64_t j, Tile<L>& tile) const {
        RandomStream noise = probes.noise;
        noise.step += static_cast<uint32_t>(j);
        for (int k = 0; k < dims(); k += 4) {
            typename L::Bits word[4];
            typename L::Real z[4]{};
            words_for_particles<L>(noise, first, k / 4, word);
            normals_from_words<L, block_width<Dims>>(word, z);
            for (int i = 0; i < block_width<Dims>; ++i) {
                tile.u[k + i] = z[i];
            }
        }
        for (int r = 0; r < rows(); ++r) {
            tile.seen[r] = typename L::Real{};
            for (int k = 0; k < dims(); ++k) {
                tile.seen[r] += tile.u[k] * probes.likelihood.matrix[r * dims() + k];
            }
        }
    }

    template <class L>
    DRIFT_INLINE void store(int64_t first, int valid, const typename L::Real (&gradient)[max_dims]) const {
        T* row = probes.gradient + first * dims();
        if constexpr (Dims > 0) {
            store_rows<L>(row, valid, gradient);
        } else {
            for (int k = 0; k < dims(); ++k) {
                store_column<L>(row, dims(), k, valid, gradient[k]);
            }
        }
    }
};

template <class T, int Dims, int Rows>
struct Differences {
    using Real = T;
    using Around = AroundDenoised<T, Dims, Rows>;
    Around around;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        const Probes<T>& probes = around.probes;
        const T mu = static_cast<T>(probes.distance);
        const double noise = probes.likelihood.noise;
        const T scale = static_cast<T>(1 / (4 * noise * noise * probes.distance * static_cast<double>(probes.count)));
        typename Around::template Tile<L> at{};
        around.template start<L>(first, valid, at);
        V gradient[Around::max_dims]{};
        for (int64_t j = 0; j < probes.count; ++j) {
            around.template draw<L>(first, j, at);
            V slope{};
            for (int r = 0; r < around.rows(); ++r) {
                const V ahead = at.e[r] - mu * at.seen[r], behind = at.e[r] + mu * at.seen[r];
                slope += (behind - ahead) * (behind + ahead);  // the difference of the squares, and no digit lost
            }
            for (int k = 0; k < around.dims(); ++k) {
                gradient[k] += at.u[k] * slope;
            }
        }
        for (int k = 0; k < around.dims(); ++k) {
            gradient[k] *= scale;
        }
        around.template store<L>(first, valid, gradient);
    }
};

template <class T, int Dims, int Rows>
struct PolicyGradient {
    using Real = T;
    using Around = AroundDenoised<T, Dims, Rows>;
    Around around;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        const Probes<T>& probes = around.probes;
        const T reach = static_cast<T>(probes.distance);
        const double noise = probes.likelihood.noise;
        const T precision = static_cast<T>(-0.5 / (noise * noise * probes.temperature));
        typename Around::template Tile<L> at{};
        around.template start<L>(first, valid, at);
        // Rewards are in units of the largest so far, and what they share, the density's constant, is left out.
        V largest = every_lane<L>(T(-1e30)), rewards{};
        V moves[Around::max_dims]{}, rewarded[Around::max_dims]{};
        for (int64_t j = 0; j < probes.count; ++j) {
            around.template draw<L>(first, j, at);
            V log_reward{};
            for (int r = 0; r < around.rows(); ++r) {
                const V e = at.e[r] - reach * at.seen[r];
                log_reward += e * e * precision;
            }
            const V apart = log_reward - largest;
            const auto better = apart > 0;
            const V size = better ? -apart : apart;
            const V fraction = exp_nonpositive<L>(size);
            const V reward = better ? every_lane<L>(1) : fraction;
            const V kept = better ? fraction : every_lane<L>(1);
            largest = better ? log_reward : largest;
            rewards = rewards * kept + reward;
            for (int k = 0; k < around.dims(); ++k) {
                rewarded[k] = rewarded[k] * kept + reward * at.u[k];
                moves[k] += at.u[k];
            }
        }
        const auto count = static_cast<double>(probes.count);
        const V scale = static_cast<T>(probes.temperature * count / ((count - 1) * probes.distance)) / rewards;
        const V mean = rewards * static_cast<T>(1 / count);
        for (int k = 0; k < around.dims(); ++k) {
            rewarded[k] = (rewarded[k] - mean * moves[k]) * scale;
        }
        around.template store<L>(first, valid, rewarded);
    }
};

#define DRIFT_PROBES_ON_GPU(T)            \
    DRIFT_ON_GPU(Differences<T, 2, 1>)    \
    DRIFT_ON_GPU(Differences<T, 0, 0>)    \
    DRIFT_ON_GPU(PolicyGradient<T, 2, 1>) \
    DRIFT_ON_GPU(PolicyGradient<T, 0, 0>)
DRIFT_PROBES_ON_GPU(float)
DRIFT_PROBES_ON_GPU(double)

#ifndef __CUDACC__
namespace {

template <template <class, int, int> class Body, class T>
void run(Exec exec, const Probes<T>& probes) {
    if (probes.likelihood.dims == 2 && probes.likelihood.rows == 1) {
        parallel_for(exec, probes.likelihood.n, Body<T, 2, 1>{{probes}});
    } else {
        parallel_for(exec, probes.likelihood.n, Body<T, 0, 0>{{probes}});
    }
}

}  // namespace

template <class T>
void differences(Exec exec, const Probes<T>& probes) {
    run<Differences>(exec, probes);
}
template <class T>
void policy_gradient(Exec exec, const Probes<T>& probes) {
    run<PolicyGradient>(exec, probes);
}
template void differences(Exec, const Probes<float>&);
template void differences(Exec, const Probes<double>&);
template void policy_gradient(Exec, const Probes<float>&);
template void policy_gradient(Exec, const Probes<double>&);

#endif

}  // namespace drift::kernels
