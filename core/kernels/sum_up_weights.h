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

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        using V = typename L::Real;
        const WeightUpdate& update = weighing.update;
        double* partial = weighing.scratch + first / weight_tile * partials_per_tile;
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
            if (weighing.log_weights != nullptr) {
                store_column<L>(weighing.log_weights + first + i, 1, 0, count - i < L::count ? count - i : L::count,
                                kept);
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

}  // namespace drift::kernels
