#include "core/kernels/weights.h"

#include "core/kernels/weight_tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace drift::kernels {

/// Adds the terms of an update, where `out` is wanted, and sums up a tile: its largest log weight and, relative to
/// that, the sums of the weights e, of e^2 and of e log e; where first ancestors are given, also what each of them has,
/// and where there were weights W before, W u^2 of the increment u, which is the new weight squared over the old.
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
        double squares[weight_tile];  // log W u^2
        const V nothing = every_lane<L>(-__builtin_inf());
        V largest = nothing, largest_square = nothing, refused{};
        for (int i = 0; i < count; i += L::count) {
            const V sum = log_weights<L>(first + i, count - i);
            const auto good = sum < __builtin_inf();  // neither NaN nor +infinity
            const V kept = good ? sum : nothing;
            refused += good ? V{} : every_lane<L>(1);
            largest = largest < kept ? kept : largest;
            __builtin_memcpy(buffer + i, &kept, sizeof(kept));
            if (update.previous != nullptr) {
                const V square = kept + kept - load_doubles<L>(update.previous + first + i, count - i, 0);
                const V counted = square < __builtin_inf() ? square : nothing;  // infinities leave NaN
                largest_square = largest_square < counted ? counted : largest_square;
                __builtin_memcpy(squares + i, &counted, sizeof(counted));
            }
            if (out != nullptr) {
                store_column<L>(out + first + i, 1, 0, count - i < L::count ? count - i : L::count, kept);
            }
        }
        partial[0] = largest_lane<L>(largest);
        partial[4] = sum_of_lanes<L>(refused);
        sum_up<L>(buffer, count, partial);
        if (update.previous != nullptr) {
            partial[12] = largest_lane<L>(largest_square);
            partial[13] = sum_of_exponentials<L>(squares, count, partial[12]);
        }
        if (update.eves != nullptr) {
            sum_up_families<L>(update.eves + first, buffer, count, partial + 6);
        }
    }

    /// Replaces the log weights in `buffer` by the weights relative to the largest.
    template <class L>
    DRIFT_INLINE void sum_up(double* buffer, int count, double* partial) const {
        using V = typename L::Real;
        const double shift = partial[0] > -__builtin_inf() ? partial[0] : 0;
        V sum{}, squares{}, logs{}, positive{};
        for (int i = 0; i < count; i += L::count) {
            V kept;
            __builtin_memcpy(&kept, buffer + i, sizeof(kept));
            const V relative = kept - shift;
            const V e = exp_nonpositive<L>(relative);
            __builtin_memcpy(buffer + i, &e, sizeof(e));
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

    template <class L>
    DRIFT_INLINE double sum_of_exponentials(const double* logs, int count, double largest) const {
        const double shift = largest > -__builtin_inf() ? largest : 0;
        typename L::Real sum{};
        for (int i = 0; i < count; i += L::count) {
            typename L::Real each;
            __builtin_memcpy(&each, logs + i, sizeof(each));
            sum += exp_nonpositive<L>(each - shift);
        }
        return sum_of_lanes<L>(sum);
    }

    /// Runs of equal first ancestors. The first and the last run may go on in the neighbours: their ancestor and weight
    /// are given apart from the sum of squares and the number of those between. Old families are long, young ones
    /// short: whole registers where a register has one family, and no branch to mispredict where it has several.
    template <class L>
    DRIFT_INLINE void sum_up_families(const int32_t* eve, const double* weight, int count, double* partial) const {
        using V = typename L::Real;
        double run = 0, squares = 0, first_weight = 0;
        int families = 0;  // that have ended in this tile
        V long_run{};
        for (int i = 0; i < count; i += L::count) {
            const int end = i + L::count < count ? i + L::count : count;
            if (i > 0 && end - i == L::count && eve[end - 1] == eve[i - 1]) {
                V each;
                __builtin_memcpy(&each, weight + i, sizeof(each));
                long_run += each;
                continue;
            }
            run += sum_of_lanes<L>(long_run);
            long_run = V{};
            for (int j = i; j < end; ++j) {
                const bool ends = j > 0 && eve[j] != eve[j - 1];
                first_weight = ends && families == 0 ? run : first_weight;
                squares += ends && families > 0 ? run * run : 0;
                families += ends ? 1 : 0;
                run = ends ? weight[j] : run + weight[j];
            }
        }
        run += sum_of_lanes<L>(long_run);
        partial[0] = static_cast<double>(eve[0]);
        partial[1] = families == 0 ? run : first_weight;
        partial[2] = squares;
        partial[3] = families > 0 ? families - 1 : 0;
        partial[4] = families > 0 ? static_cast<double>(eve[count - 1]) : -1;
        partial[5] = run;
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
