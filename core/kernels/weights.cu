#include "core/kernels/weights.h"

#include "core/kernels/parallel_for.h"
#include "core/kernels/sum_up_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace drift::kernels {

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

DRIFT_ON_GPU(SumUpWeights)
DRIFT_ON_GPU(SumUpIncrements)
DRIFT_ON_GPU(FindLargest)
DRIFT_ON_GPU(Subtract)

#ifndef __CUDACC__

int64_t weight_scratch_size(int64_t n) {
    return weight_tiles(n) * partials_per_tile;
}

namespace {

/// Joins the families of the tiles in order; weights in units of the largest one.
void join_families(const Partials& tiles, double largest, WeightSummary& summary) {
    double eve = -1;
    double weight = 0;
    const auto close_run = [&] {
        summary.eves += eve >= 0 ? 1 : 0;
        summary.eve_squares += weight * weight;
        weight = 0;
    };
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        const double scale = std::exp(tiles[t][0] - largest);
        const double* partial = tiles[t] + 6;
        if (partial[0] != eve) {
            close_run();
            eve = partial[0];
        }
        weight += scale * partial[1];
        if (partial[4] >= 0) {
            close_run();
            summary.eves += static_cast<int64_t>(partial[3]);
            summary.eve_squares += scale * scale * partial[2];
            eve = partial[4];
            weight = scale * partial[5];
        }
    }
    close_run();
}

/// log sum W u^2 over all tiles.
double log_squared_increments(const Partials& tiles) {
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        largest = std::max(largest, tiles[t][12]);
    }
    double sum = 0;
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        sum += std::exp(tiles[t][12] - largest) * tiles[t][13];
    }
    return largest + std::log(sum);
}

}  // namespace

WeightSummary update_log_weights(Exec exec, int64_t n, const WeightUpdate& update, double* log_weights,
                                 double* scratch) {
    const Weighing weighing{update, log_weights, scratch};
    sum_up_weights(exec, n, weighing);
    return joined_sums(exec, n, weighing);
}

void sum_up_weights(Exec exec, int64_t n, const Weighing& weighing) {
    parallel_for(exec, n, SumUpWeights{weighing});
}

WeightSummary joined_sums(Exec exec, int64_t n, const Weighing& weighing) {
    const WeightUpdate& update = weighing.update;
    const Partials tiles(exec, weighing.scratch, n);
    WeightSummary summary;
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        largest = std::max(largest, tiles[t][0]);
        summary.not_a_number += static_cast<int64_t>(tiles[t][4]);
    }
    summary.log_sum = summary.largest = largest;
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
    summary.eves = n;
    summary.eve_squares = squares;
    if (update.eves != nullptr) {
        summary.eves = 0;
        summary.eve_squares = 0;
        join_families(tiles, largest, summary);
    }
    summary.eve_squares /= sum * sum;
    summary.conditional_ess = summary.ess;
    if (update.previous != nullptr) {
        summary.conditional_ess = static_cast<double>(n) * std::exp(2 * summary.log_sum - update.previous_log_sum -
                                                                    log_squared_increments(tiles));
    }
    return summary;
}

WeightSummary summarise_weights(Exec exec, int64_t n, const double* log_weights, double* scratch) {
    WeightUpdate update;
    update.new_twist = log_weights;
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

#endif

}  // namespace drift::kernels
