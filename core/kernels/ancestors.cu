#include "core/kernels/ancestors.h"

#include "core/kernels/parallel_for.h"
#include "core/kernels/weight_tiles.h"

#include <cmath>

namespace drift::kernels {

/// Running sums within each tile, its total going to scratch.
struct SumWithinTiles {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    const double* log_weights;
    double log_sum;
    double* cumulative;
    double* scratch;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        double weight[weight_tile];
        for (int i = 0; i < count; i += L::count) {
            const typename L::Real w =
                exp_nonpositive<L>(load_doubles<L>(log_weights + first + i, count - i, -__builtin_inf()) - log_sum);
            const typename L::Real counted = w > 0 ? w : typename L::Real{};  // NaN adds nothing
            __builtin_memcpy(weight + i, &counted, sizeof(counted));
        }
        double sum = 0;
        for (int i = 0; i < count; ++i) {
            sum += weight[i];
            cumulative[first + i] = sum;
        }
        scratch[first / weight_tile * partials_per_tile] = sum;
    }
};

/// Running sums of exponential spacings within each tile.
struct SumSpacings {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    RandomStream stream;
    double* cumulative;
    double* scratch;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        double sum = 0;
        for (int i = 0; i < count; ++i) {
            sum -= std::log1p(-uniform(stream, static_cast<uint64_t>(first + i), 0));
            cumulative[first + i] = sum;
        }
        scratch[first / weight_tile * partials_per_tile] = sum;
    }
};

/// Adds to each tile what lies before it, which stands in the second number of its partial sums.
struct AddWhatLiesBefore {
    using Real = double;
    static constexpr int tile_size = weight_tile;
    const double* scratch;
    double* cumulative;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        const double before = scratch[first / weight_tile * partials_per_tile + 1];
        for (int i = 0; i < count; ++i) {
            cumulative[first + i] += before;
        }
    }
};

// Where child i stands among the weights, in shares of their total, and a guess how many children stand below a share.

struct SystematicPosition {
    double offset;
    double children;

    DRIFT_INLINE double operator()(int64_t i) const { return (static_cast<double>(i) + offset) / children; }
    DRIFT_INLINE double below(double share, double /*before*/) const { return share * children - offset + 1; }
};

struct StratifiedPosition {
    RandomStream stream;
    double children;

    DRIFT_INLINE double operator()(int64_t i) const {
        return (static_cast<double>(i) + uniform(stream, static_cast<uint64_t>(i), 0)) / children;
    }
    DRIFT_INLINE double below(double share, double /*before*/) const { return share * children; }
};

struct SpacedPosition {
    const double* sums;  // [children + 1]
    int64_t children;

    DRIFT_INLINE double operator()(int64_t i) const { return sums[i] / sums[children]; }
    DRIFT_INLINE double below(double /*share*/, double before) const { return before; }
};

/// Every parent marks the first child that stands above it, as that of the parent after it; children without a mark
/// have the parent of the one before. Where most parents have a child or two, to walk along them with the children
/// would mispredict a branch for each.
template <class Position>
struct FindAncestors {
    using Real = double;
    static constexpr int tile_size = 256;
    Resampling resampling;
    Position position;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        // Rounding may lift the last position onto the total. Staying below it, and asking for a cumulative weight
        // strictly above the position, means that a parent of weight zero never has children.
        const double* cumulative = resampling.cumulative;
        const double total = cumulative[resampling.parents - 1];
        const double below_total = nextafter(total, 0.0);
        double wanted[tile_size];
        int32_t* ancestors = resampling.ancestors + first;
        for (int i = 0; i < count; ++i) {
            const double at = position(first + i) * total;
            wanted[i] = at < below_total ? at : below_total;
            ancestors[i] = 0;
        }
        int64_t parent = first_above(wanted[0]);
        ancestors[0] = static_cast<int32_t>(parent);
        for (int64_t child = 0;; ++parent) {
            child = children_below(cumulative[parent], 1 / total, first, count, child, wanted);
            if (child == count || parent == resampling.parents - 1) {
                break;
            }
            ancestors[child] = static_cast<int32_t>(parent + 1);
        }
        for (int i = 1; i < count; ++i) {
            ancestors[i] = ancestors[i] > ancestors[i - 1] ? ancestors[i] : ancestors[i - 1];
        }
    }

    /// How many of the tile's children stand below `weight`; no fewer than `before` do.
    DRIFT_INLINE int64_t children_below(double weight, double shares, int64_t first, int64_t count, int64_t before,
                                        const double* wanted) const {
        const auto least = static_cast<double>(first + before);
        const double guess = position.below(weight * shares, least);
        const bool in_tile =
            guess > least && guess < static_cast<double>(first + count);  // false for what is no number
        int64_t child = in_tile ? static_cast<int64_t>(guess) - first : guess > least ? count : before;
        while (child > before && !(wanted[child - 1] < weight)) {
            --child;
        }
        while (child < count && wanted[child] < weight) {
            ++child;
        }
        return child;
    }

    DRIFT_INLINE int64_t first_above(double wanted) const {
        int64_t first = 0;
        int64_t last = resampling.parents - 1;
        while (first < last) {
            const int64_t middle = first + (last - first) / 2;
            if (resampling.cumulative[middle] > wanted) {
                last = middle;
            } else {
                first = middle + 1;
            }
        }
        return first;
    }
};

template <class T>
struct GatherRows {
    using Real = double;  // no lanes: rows are copied as they are
    static constexpr int tile_size = 64;
    int64_t columns;
    const int32_t* ancestors;
    const T* from;
    T* to;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        if (columns == 1) {
            for (int i = 0; i < count; ++i) {
                to[first + i] = from[ancestors[first + i]];
            }
            return;
        }
        for (int i = 0; i < count; ++i) {
            const T* row = from + ancestors[first + i] * columns;
            T* copy = to + (first + i) * columns;
            for (int64_t k = 0; k < columns; ++k) {
                copy[k] = row[k];
            }
        }
    }
};

DRIFT_ON_GPU(SumWithinTiles)
DRIFT_ON_GPU(SumSpacings)
DRIFT_ON_GPU(AddWhatLiesBefore)
DRIFT_ON_GPU(FindAncestors<SystematicPosition>)
DRIFT_ON_GPU(FindAncestors<StratifiedPosition>)
DRIFT_ON_GPU(FindAncestors<SpacedPosition>)
DRIFT_ON_GPU(GatherRows<float>)
DRIFT_ON_GPU(GatherRows<double>)
DRIFT_ON_GPU(GatherRows<int32_t>)
DRIFT_ON_GPU(GatherRows<int64_t>)

#ifndef __CUDACC__
namespace {

/// Joins the running sums of tiles: the sum before a tile is the last running sum of the one before it, exactly, so the
/// result never decreases.
void join_tiles(Exec exec, int64_t n, double* cumulative, double* scratch) {
    const Partials tiles(exec, scratch, n);
    std::vector<double> joined;
    double* out = scratch;
    if (exec.on_gpu) {
        joined.resize(static_cast<size_t>(weight_tiles(n) * partials_per_tile));
        out = joined.data();
    }
    double before = 0;
    for (int64_t t = 0; t < tiles.tiles(); ++t) {
        const double total = tiles[t][0];
        out[t * partials_per_tile + 1] = before;
        before += total;
    }
    if (exec.on_gpu) {
        copy_from_host(exec, scratch, joined.data(), joined.size() * sizeof(double));
    }
    parallel_for(exec, n, AddWhatLiesBefore{scratch, cumulative});
}

}  // namespace

void cumulative_weights(Exec exec, int64_t n, const double* log_weights, double log_sum, double* cumulative,
                        double* scratch) {
    parallel_for(exec, n, SumWithinTiles{log_weights, log_sum, cumulative, scratch});
    join_tiles(exec, n, cumulative, scratch);
}

void systematic_ancestors(Exec exec, const Resampling& resampling, double offset) {
    const SystematicPosition position{offset, static_cast<double>(resampling.children)};
    parallel_for(exec, resampling.children, FindAncestors<SystematicPosition>{resampling, position});
}

void stratified_ancestors(Exec exec, const Resampling& resampling, RandomStream stream) {
    const StratifiedPosition position{stream, static_cast<double>(resampling.children)};
    parallel_for(exec, resampling.children, FindAncestors<StratifiedPosition>{resampling, position});
}

void multinomial_ancestors(Exec exec, const Resampling& resampling, RandomStream stream, double* positions,
                           double* scratch) {
    parallel_for(exec, resampling.children + 1, SumSpacings{stream, positions, scratch});
    join_tiles(exec, resampling.children + 1, positions, scratch);
    const SpacedPosition position{positions, resampling.children};
    parallel_for(exec, resampling.children, FindAncestors<SpacedPosition>{resampling, position});
}

template <class T>
void gather_rows(Exec exec, int64_t children, int64_t columns, const int32_t* ancestors, const T* from, T* to) {
    parallel_for(exec, children, GatherRows<T>{columns, ancestors, from, to});
}
template void gather_rows(Exec, int64_t, int64_t, const int32_t*, const float*, float*);
template void gather_rows(Exec, int64_t, int64_t, const int32_t*, const double*, double*);
template void gather_rows(Exec, int64_t, int64_t, const int32_t*, const int32_t*, int32_t*);
template void gather_rows(Exec, int64_t, int64_t, const int32_t*, const int64_t*, int64_t*);

#endif

}  // namespace drift::kernels
