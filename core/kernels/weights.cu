#include "core/kernels/weights.h"

#include "core/kernels/weight_tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace drift::kernels {

/// Adds the terms of an update, where `out` is wanted, and sums up a tile: its largest log weight and, relative to
/// that, the sums of the weights e, of e^2 and of e log e.
struct SumUpWeights {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    WeightUpdate update;
    double* out;
    double* scratch;

    template <class L>
    DRIFT_INLINE typename L::Real log_weights(int64_t i, int valid) const {
        // Lanes beyond the last particle must not count, whatever the terms are.
        typename L::Real sum = update.previous != nullptr
                                   ? load_doubles<L>(update.previous + i, valid, -__builtin_inf())
                                   : zero_up_to<L>(valid, -__builtin_inf());
        if (update.new_twist != nullptr) {
            sum += load_doubles<L>(update.new_twist + i, valid, 0);
        }
        if (update.old_twist != nullptr) {
            sum -= load_doubles<L>(update.old_twist + i, valid, 0);
        }
        if (update.log_ratio != nullptr) {
            sum += load_doubles<L>(update.log_ratio + i, valid, 0);
        }
        return sum;
    }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        using V = typename L::Real;
        double* partial = scratch + first / weight_tile * partials_per_tile;
        double buffer[weight_tile];
        const V nothing = every_lane<L>(-__builtin_inf());
        V largest = nothing, refused{};
        for (int i = 0; i < count; i += L::count) {
            const V sum = log_weights<L>(first + i, count - i);
            const auto good = sum < __builtin_inf();  // neither NaN nor +infinity
            const V kept = good ? sum : nothing;
            refused += good ? V{} : every_lane<L>(1);
            largest = largest < kept ? kept : largest;
            __builtin_memcpy(buffer + i, &kept, sizeof(kept));
            if (out != nullptr) {
                store_column<L>(out + first + i, 1, 0, count - i < L::count ? count - i : L::count, kept);
            }
        }
        partial[0] = largest_lane<L>(largest);
        partial[4] = sum_of_lanes<L>(refused);
        sum_up<L>(buffer, count, partial);
    }

    template <class L>
    DRIFT_INLINE void sum_up(const double* buffer, int count, double* partial) const {
        using V = typename L::Real;
        const double shift = partial[0] > -__builtin_inf() ? partial[0] : 0;
        V sum{}, squares{}, logs{}, positive{};
        for (int i = 0; i < count; i += L::count) {
            V kept;
            __builtin_memcpy(&kept, buffer + i, sizeof(kept));
            const V relative = kept - shift;
            const V e = exp_nonpositive<L>(relative);
            sum += e;
            squares += e * e;
            logs += e > 0 ? V(e * relative) : V{};
            positive += e > 0 ? every_lane<L>(1) : V{};
        }
        partial[1] = sum_of_lanes<L>(sum);
        partial[2] = sum_of_lanes<L>(squares);
        partial[3] = sum_of_lanes<L>(logs);
        partial[5] = sum_of_lanes<L>(positive);
    }
};

/// Weights and increments of a tile together: largest log weight times increment and largest log weight, then sums of
/// W u, W u^2 and W with the increment shifted by the difference of the two.
struct SumUpIncrements {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    const double* log_weights;
    const double* log_increment;
    double weight_shift;     // largest log weight
    double increment_shift;  // largest log increment of a particle with a positive weight
    double* scratch;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        using V = typename L::Real;
        double* partial = scratch + first / weight_tile * partials_per_tile;
        V weights{}, first_moment{}, second_moment{};
        for (int i = 0; i < count; i += L::count) {
            const V w = exp_nonpositive<L>(load_doubles<L>(log_weights + first + i, count - i, -__builtin_inf()) -
                                           weight_shift);
            const V increment = load_doubles<L>(log_increment + first + i, count - i, -__builtin_inf());
            const V u = exp_nonpositive<L>(increment - increment_shift);
            const auto counts = (w > 0) & (u > 0);
            weights += w > 0 ? w : V{};
            first_moment += counts ? V(w * u) : V{};
            second_moment += counts ? V(w * u * u) : V{};
        }
        partial[0] = sum_of_lanes<L>(weights);
        partial[1] = sum_of_lanes<L>(first_moment);
        partial[2] = sum_of_lanes<L>(second_moment);
    }
};

/// The largest log weight of a tile, and the largest log increment among its particles with a positive weight.
struct FindLargest {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    const double* log_weights;
    const double* log_increment;
    double* scratch;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        using V = typename L::Real;
        double* partial = scratch + first / weight_tile * partials_per_tile;
        const V nothing = every_lane<L>(-__builtin_inf());
        V weight = nothing, increment = nothing;
        for (int i = 0; i < count; i += L::count) {
            const V w = load_doubles<L>(log_weights + first + i, count - i, -__builtin_inf());
            const V u = load_doubles<L>(log_increment + first + i, count - i, -__builtin_inf());
            weight = weight < w ? w : weight;
            const V counted = w > -__builtin_inf() ? u : nothing;
            increment = increment < counted ? counted : increment;
        }
        partial[0] = largest_lane<L>(weight);
        partial[1] = largest_lane<L>(increment);
    }
};

struct Subtract {
    using Real = double;
    const double* log_weights;
    double log_sum;
    double* normalised;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        store_column<L>(normalised + first, 1, 0, valid,
                        typename L::Real(load_column<L>(log_weights + first, 1, 0, valid) - log_sum));
    }
};

/// Runs of equal first ancestors in a tile. The first and the last run may go on in the neighbours: their ancestor and
/// weight are given apart from the sum of squares and the number of those between.
struct SumUpEves {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    const int32_t* eves;
    const double* log_weights;
    double log_sum;
    double* scratch;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        double* partial = scratch + first / weight_tile * partials_per_tile;
        double weight[weight_tile];
        for (int i = 0; i < count; i += L::count) {
            const typename L::Real w =
                exp_nonpositive<L>(load_doubles<L>(log_weights + first + i, count - i, -__builtin_inf()) - log_sum);
            __builtin_memcpy(weight + i, &w, sizeof(w));
        }
        const int32_t* eve = eves + first;
        int i = 0;
        partial[0] = static_cast<double>(eve[0]);
        partial[1] = run(eve, weight, count, i);
        partial[2] = partial[3] = partial[5] = 0;
        partial[4] = -1;
        while (i < count) {
            partial[4] = static_cast<double>(eve[i]);
            const double sum = run(eve, weight, count, i);
            if (i < count) {
                partial[2] += sum * sum;
                partial[3] += 1;
            } else {
                partial[5] = sum;
            }
        }
    }

    /// Weight of the run that starts at i, which moves on to the next.
    DRIFT_INLINE double run(const int32_t* eve, const double* weight, int count, int& i) const {
        const int32_t current = eve[i];
        double sum = 0;
        for (; i < count && eve[i] == current; ++i) {
            sum += weight[i];
        }
        return sum;
    }
};

DRIFT_ON_GPU(SumUpWeights)
DRIFT_ON_GPU(SumUpIncrements)
DRIFT_ON_GPU(FindLargest)
DRIFT_ON_GPU(Subtract)
DRIFT_ON_GPU(SumUpEves)

#ifndef __CUDACC__

int64_t weight_scratch_size(int64_t n) {
    return weight_tiles(n) * partials_per_tile;
}

WeightSummary update_log_weights(Exec exec, int64_t n, const WeightUpdate& update, double* log_weights,
                                 double* scratch) {
    parallel_for(exec, n, SumUpWeights{update, log_weights, scratch});
    const Partials tiles(exec, scratch, n);
    WeightSummary summary;
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        largest = std::max(largest, tiles[t][0]);
        summary.not_a_number += static_cast<int64_t>(tiles[t][4]);
    }
    summary.log_sum = largest;
    if (!std::isfinite(largest)) {
        return summary;
    }
    double sum = 0;
    double squares = 0;
    double logs = 0;
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        const double* partial = tiles[t];
        const double scale = std::exp(partial[0] - largest);
        if (scale > 0) {
            sum += scale * partial[1];
            squares += scale * scale * partial[2];
            logs += scale * (partial[3] + (partial[0] - largest) * partial[1]);
            summary.positive += static_cast<int64_t>(partial[5]);
        }
    }
    summary.log_sum = largest + std::log(sum);
    summary.ess = sum * sum / squares;
    summary.perplexity = std::exp(std::log(sum) - logs / sum);
    summary.max_weight = 1 / sum;
    return summary;
}

WeightSummary summarise_weights(Exec exec, int64_t n, const double* log_weights, double* scratch) {
    WeightUpdate update;
    update.previous = log_weights;
    return update_log_weights(exec, n, update, nullptr, scratch);
}

void normalise_log_weights(Exec exec, int64_t n, const double* log_weights, double log_sum, double* normalised) {
    parallel_for(exec, n, Subtract{log_weights, log_sum, normalised});
}

double conditional_ess(Exec exec, int64_t n, const double* log_weights, const double* log_increment, double* scratch) {
    parallel_for(exec, n, FindLargest{log_weights, log_increment, scratch});
    double weight_shift = -std::numeric_limits<double>::infinity();
    double increment_shift = weight_shift;
    {
        const Partials tiles(exec, scratch, n);
        for (int64_t t = 0; t < tiles.tiles(); ++t) {
            weight_shift = std::max(weight_shift, tiles[t][0]);
            increment_shift = std::max(increment_shift, tiles[t][1]);
        }
    }
    if (!std::isfinite(weight_shift) || !std::isfinite(increment_shift)) {
        return 0;
    }
    parallel_for(exec, n, SumUpIncrements{log_weights, log_increment, weight_shift, increment_shift, scratch});
    const Partials tiles(exec, scratch, n);
    double weights = 0;
    double first = 0;
    double second = 0;
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        weights += tiles[t][0];
        first += tiles[t][1];
        second += tiles[t][2];
    }
    return second > 0 ? static_cast<double>(n) * first * first / (second * weights) : 0;
}

EveSummary summarise_eves(Exec exec, int64_t n, const int32_t* eves, const double* log_weights, double log_sum,
                          double* scratch) {
    parallel_for(exec, n, SumUpEves{eves, log_weights, log_sum, scratch});
    const Partials tiles(exec, scratch, n);
    EveSummary summary;
    double eve = -1;
    double weight = 0;
    const auto close_run = [&] {
        summary.survivors += eve >= 0 ? 1 : 0;
        summary.sum_of_squares += weight * weight;
        weight = 0;
    };
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        const double* partial = tiles[t];
        if (partial[0] != eve) {
            close_run();
            eve = partial[0];
        }
        weight += partial[1];
        if (partial[4] >= 0) {
            close_run();
            summary.survivors += static_cast<int64_t>(partial[3]);
            summary.sum_of_squares += partial[2];
            eve = partial[4];
            weight = partial[5];
        }
    }
    close_run();
    return summary;
}

#endif

}  // namespace drift::kernels
