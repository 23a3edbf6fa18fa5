// What weights.h computes for a tile of particles; mixture_twist.cu runs it right after their twist.
#pragma once

#include "core/kernels/weight_tiles.h"
#include "core/kernels/weights.h"

namespace drift::kernels {

/// Adds the terms of an update, writes the log weights where they are wanted, and sums up a tile: its largest log
/// weight and, relative to that, the sums of the weights e, of e^2 and of e log e; where first ancestors are given,
/// also what each of them has, and where there were weights W before, W u^2 of the increment u, which is the new weight
/// squared over the old.
struct SumUpWeights {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    Weighing weighing;

    template <class L>
    DRIFT_INLINE typename L::Real log_weights(int64_t i, int valid) const {
        const WeightUpdate& update = weighing.update;
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

    /// What the first pass over a tile finds.
    template <class L>
    struct Largest {
        typename L::Real weight, square, refused;
    };

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        using V = typename L::Real;
        const WeightUpdate& update = weighing.update;
        double* partial = weighing.scratch + first / weight_tile * partials_per_tile;
        double buffer[weight_tile];
        double squares[weight_tile];  // log W u^2
        const V nothing = every_lane<L>(-__builtin_inf());
        Largest<L> largest{nothing, nothing, V{}};
        int i = 0;
        for (; i + L::count <= count; i += L::count) {  // whole registers need not ask how far they go
            add_terms<L>(first + i, L::count, buffer + i, squares + i, largest);
        }
        if (i < count) {
            add_terms<L>(first + i, count - i, buffer + i, squares + i, largest);
        }
        partial[0] = largest_lane<L>(largest.weight);
        partial[4] = sum_of_lanes<L>(largest.refused);
        if (update.previous != nullptr) {
            partial[12] = largest_lane<L>(largest.square);
            sum_up<L, true>(buffer, squares, count, partial);
        } else {
            sum_up<L, false>(buffer, squares, count, partial);
        }
        if (update.eves != nullptr) {
            sum_up_families<L>(update.eves + first, buffer, count, partial + 6);
        }
    }

    /// One register of log weights, and of those of W u^2.
    template <class L>
    DRIFT_INLINE void add_terms(int64_t first, int valid, double* kept_weights, double* kept_squares,
                                Largest<L>& largest) const {
        using V = typename L::Real;
        const V nothing = every_lane<L>(-__builtin_inf());
        const V sum = log_weights<L>(first, valid);
        const auto good = sum < __builtin_inf();  // neither NaN nor +infinity
        const V kept = good ? sum : nothing;
        largest.refused += good ? V{} : every_lane<L>(1);
        largest.weight = largest.weight < kept ? kept : largest.weight;
        __builtin_memcpy(kept_weights, &kept, sizeof(kept));
        if (weighing.update.previous != nullptr) {
            const V square = kept + kept - load_doubles<L>(weighing.update.previous + first, valid, 0);
            const V counted = square < __builtin_inf() ? square : nothing;  // infinities leave NaN
            largest.square = largest.square < counted ? counted : largest.square;
            __builtin_memcpy(kept_squares, &counted, sizeof(counted));
        }
        if (weighing.log_weights != nullptr) {
            store_column<L>(weighing.log_weights + first, 1, 0, valid, kept);
        }
    }

    /// Replaces the log weights in `buffer` by the weights relative to the largest.
    template <class L, bool Squares>
    DRIFT_INLINE void sum_up(double* buffer, const double* log_squares, int count, double* partial) const {
        using V = typename L::Real;
        const double shift = partial[0] > -__builtin_inf() ? partial[0] : 0;
        const double square_shift = Squares && partial[12] > -__builtin_inf() ? partial[12] : 0;
        V sum{}, squares{}, logs{}, positive{}, increments{};
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
            if constexpr (Squares) {
                V each;
                __builtin_memcpy(&each, log_squares + i, sizeof(each));
                increments += exp_nonpositive<L>(each - square_shift);
            }
        }
        partial[1] = sum_of_lanes<L>(sum);
        partial[2] = sum_of_lanes<L>(squares);
        partial[3] = sum_of_lanes<L>(logs);
        partial[5] = sum_of_lanes<L>(positive);
        if constexpr (Squares) {
            partial[13] = sum_of_lanes<L>(increments);
        }
    }

    /// Runs of equal first ancestors. The first and the last run may go on in the neighbours: their ancestor and weight
    /// are given apart from the sum of squares and the number of those between. Where runs begin is listed first,
    /// without a branch that could be mispredicted; the sums of different runs do not wait for each other.
    template <class L>
    DRIFT_INLINE void sum_up_families(const int32_t* eve, const double* weight, int count, double* partial) const {
        int16_t begins[weight_tile];
        int families = 0;  // that begin after the first particle
        for (int i = 1; i < count && eve[0] != eve[count - 1]; ++i) {
            begins[families] = static_cast<int16_t>(i);
            families += eve[i] != eve[i - 1] ? 1 : 0;
        }
        double squares = 0;
        for (int f = 0; f + 1 < families; ++f) {
            const double run = sum_of_run<L>(weight + begins[f], begins[f + 1] - begins[f]);
            squares += run * run;
        }
        const int last = families > 0 ? begins[families - 1] : 0;
        partial[0] = static_cast<double>(eve[0]);
        partial[1] = sum_of_run<L>(weight, families > 0 ? begins[0] : count);
        partial[2] = squares;
        partial[3] = families > 0 ? families - 1 : 0;
        partial[4] = families > 0 ? static_cast<double>(eve[count - 1]) : -1;
        partial[5] = families > 0 ? sum_of_run<L>(weight + last, count - last) : partial[1];
    }

    template <class L>
    DRIFT_INLINE double sum_of_run(const double* weight, int count) const {
        typename L::Real lanes{};
        int i = 0;
        for (; i + L::count <= count; i += L::count) {
            typename L::Real each;
            __builtin_memcpy(&each, weight + i, sizeof(each));
            lanes += each;
        }
        double sum = i > 0 ? sum_of_lanes<L>(lanes) : 0;
        for (; i < count; ++i) {
            sum += weight[i];
        }
        return sum;
    }
};

}  // namespace drift::kernels
