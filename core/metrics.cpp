#include "core/metrics.h"

#include "core/exec.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace drift {
namespace {

constexpr int64_t directions = 128;
constexpr int64_t block = 8;  // directions that are looked along at a time: memory stays a few copies of the particles
constexpr int64_t most_rows = 1024;  // that pairs are formed of
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Values in rising order, each with the share of the weight up to and including it.
struct Ranked {
    std::vector<double> value;
    std::vector<double> upto;
};

Ranked rank(const double* value, const std::vector<double>& weights, size_t n) {
    Ranked ranked;
    ranked.value.resize(n);
    ranked.upto.resize(n);
    if (weights.empty()) {
        std::copy(value, value + n, ranked.value.begin());
        std::sort(ranked.value.begin(), ranked.value.end());
        for (size_t i = 0; i < n; ++i) {
            ranked.upto[i] = static_cast<double>(i + 1) / static_cast<double>(n);
        }
        return ranked;
    }
    std::vector<uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [value](uint32_t a, uint32_t b) { return value[a] < value[b]; });
    double total = 0;
    for (size_t i = 0; i < n; ++i) {
        ranked.value[i] = value[order[i]];
        total += weights[order[i]];
        ranked.upto[i] = total;
    }
    return ranked;
}

/// The integral over u of |F^{-1}(u) - G^{-1}(u)|, walking both quantile functions together.
double distance(const Ranked& f, const Ranked& g) {
    double total = 0;
    double u = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < f.value.size() && j < g.value.size()) {
        const double next = std::min(f.upto[i], g.upto[j]);
        total += std::max(0.0, next - u) * std::abs(f.value[i] - g.value[j]);
        u = std::max(u, next);
        (f.upto[i] <= g.upto[j] ? i : j) += 1;
    }
    return total;
}

/// Rows with their weights, column by column, so that distances to many rows at once are plain sums.
struct WeightedRows {
    torch::Tensor columns;        // [d, n] float64
    std::vector<double> weights;  // [n], of sum 1
};

WeightedRows rows_of(const torch::Tensor& x, const torch::Tensor& log_weights) {
    torch::Tensor rows = x.flatten(1);
    const int64_t n = rows.size(0);
    std::vector<double> weights(static_cast<size_t>(n), 1 / static_cast<double>(n));
    if (log_weights.defined()) {
        const torch::Tensor plain = log_weights.to(torch::kCPU, torch::kFloat64).exp().contiguous();
        weights.assign(plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel());
    }
    if (n > most_rows) {
        const std::vector<int64_t> chosen = representatives(weights, most_rows);
        rows = rows.index_select(0, torch::tensor(chosen, torch::kInt64).to(rows.device()));
        weights.assign(chosen.size(), 1 / static_cast<double>(chosen.size()));
    }
    return {rows.to(torch::kCPU, torch::kFloat64).t().contiguous(), std::move(weights)};
}

/// Squared distances of row i of `a` to every row of `b`.
void squared_distances(const WeightedRows& a, int64_t i, const WeightedRows& b, std::vector<double>& squared) {
    const int64_t n = a.columns.size(1);
    const int64_t m = b.columns.size(1);
    std::fill(squared.begin(), squared.end(), 0.0);
    for (int64_t k = 0; k < a.columns.size(0); ++k) {
        const double at = a.columns.const_data_ptr<double>()[k * n + i];
        const double* others = b.columns.const_data_ptr<double>() + k * m;
        for (int64_t j = 0; j < m; ++j) {
            squared[static_cast<size_t>(j)] += (at - others[j]) * (at - others[j]);
        }
    }
}

/// Over neighbours in the order of the rows: of independent draws these are as good as any.
double median_distance(const WeightedRows& rows) {
    const torch::Tensor apart = rows.columns.slice(1, 1) - rows.columns.slice(1, 0, -1);
    return apart.numel() == 0 ? nan : std::get<0>(apart.square().sum(0).sqrt().median(0)).item<double>();
}

struct PairMeans {
    double distance = 0;    // E |X - Y|
    double similarity = 0;  // E k(X, Y)
};

/// Means over all pairs of a row of `a` and one of `b`; NaN when cancelled. Every row sums on its own and the rows are
/// joined in order: the same for any number of threads.
PairMeans pair_means(const WeightedRows& a, const WeightedRows& b, double width, const Cancelled& cancelled) {
    const int64_t n = a.columns.size(1);
    const int64_t m = b.columns.size(1);
    const double scale = -0.5 / (width * width);
    std::vector<PairMeans> means(static_cast<size_t>(n), PairMeans{nan, nan});
    kernels::for_chunks_on_cpu(n, [&](int64_t begin, int64_t end) {
        std::vector<double> squared(static_cast<size_t>(m));
        for (int64_t i = begin; i < end && !(cancelled && cancelled()); ++i) {
            squared_distances(a, i, b, squared);
            PairMeans sum;
            for (size_t j = 0; j < squared.size(); ++j) {
                sum.distance += b.weights[j] * std::sqrt(squared[j]);
                sum.similarity += b.weights[j] * std::exp(scale * squared[j]);
            }
            means[static_cast<size_t>(i)] = sum;
        }
    });
    PairMeans total;
    for (size_t i = 0; i < means.size(); ++i) {
        total.distance += a.weights[i] * means[i].distance;
        total.similarity += a.weights[i] * means[i].similarity;
    }
    return total;
}

}  // namespace

torch::Tensor slicing_directions(int64_t d) {
    torch::Tensor rows = torch::empty({directions, d}, torch::kFloat64);
    measuring.fill_normals(rows, kernels::Purpose::Metric, 1);  // step 0 is that of the exact draws
    return rows / rows.norm(2, 1, true);
}

double sliced_wasserstein(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                          const Cancelled& cancelled) {
    return sliced_wasserstein_along(slicing_directions(x.flatten(1).size(1)), x, log_weights, reference, cancelled);
}

double sliced_wasserstein_along(const torch::Tensor& along, const torch::Tensor& x, const torch::Tensor& log_weights,
                                const torch::Tensor& reference, const Cancelled& cancelled) {
    const torch::Tensor rows = x.flatten(1).to(torch::kCPU, torch::kFloat64);
    if (!rows.isfinite().all().item<bool>()) {
        return nan;
    }
    const torch::Tensor others = reference.flatten(1).to(torch::kCPU, torch::kFloat64);
    const auto n = static_cast<size_t>(rows.size(0));
    const auto m = static_cast<size_t>(others.size(0));
    std::vector<double> weights;
    if (log_weights.defined()) {
        const torch::Tensor plain = log_weights.to(torch::kCPU, torch::kFloat64).exp().contiguous();
        weights.assign(plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel());
    }
    const int64_t count = along.size(0);
    std::vector<double> distances(static_cast<size_t>(count), nan);
    for (int64_t first = 0; first < count; first += block) {
        const torch::Tensor rays = along.slice(0, first, first + block);
        const torch::Tensor ours = rays.matmul(rows.t()).contiguous();      // [block, n]
        const torch::Tensor theirs = rays.matmul(others.t()).contiguous();  // [block, m]
        const double* our_values = ours.const_data_ptr<double>();
        const double* their_values = theirs.const_data_ptr<double>();
        kernels::for_chunks_on_cpu(rays.size(0), [&](int64_t begin, int64_t end) {
            for (int64_t k = begin; k < end && !(cancelled && cancelled()); ++k) {
                const auto row = static_cast<size_t>(k);
                distances[static_cast<size_t>(first) + row] =
                    distance(rank(our_values + row * n, weights, n), rank(their_values + row * m, {}, m));
            }
        });
    }
    return std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(count);
}

std::vector<int64_t> representatives(const std::vector<double>& weights, int64_t count) {
    const double weight_of_row = std::reduce(weights.begin(), weights.end()) / static_cast<double>(count);
    std::vector<int64_t> rows(static_cast<size_t>(count));
    size_t found = 0;
    double upto = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
        upto += weights[i];
        while ((static_cast<double>(found) + 0.5) * weight_of_row < upto && weights[i] > 0 && found < rows.size()) {
            rows[found++] = static_cast<int64_t>(i);
        }
    }
    if (found == 0) {
        return {};
    }
    std::fill(rows.begin() + static_cast<ptrdiff_t>(found), rows.end(), rows[found - 1]);  // what rounding left out
    return rows;
}

PairDistances pair_distances(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                             const Cancelled& cancelled) {
    const WeightedRows ours = rows_of(x, log_weights);
    const WeightedRows theirs = rows_of(reference, {});
    if (!ours.columns.isfinite().all().item<bool>() || !theirs.columns.isfinite().all().item<bool>()) {
        return {nan, nan};
    }
    const double width = median_distance(theirs);
    const PairMeans across = pair_means(ours, theirs, width, cancelled);
    const PairMeans within = pair_means(ours, ours, width, cancelled);
    const PairMeans beyond = pair_means(theirs, theirs, width, cancelled);
    // What is not a number stays so: std::max returns its first argument then.
    return {std::sqrt(std::max(within.similarity + beyond.similarity - 2 * across.similarity, 0.0)),
            std::max(2 * across.distance - within.distance - beyond.distance, 0.0)};
}

DistanceToExact distance_to_exact(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& exact,
                                  const Cancelled& cancelled) {
    const int64_t n = x.size(0);
    const torch::Tensor first = exact.slice(0, 0, n);
    const torch::Tensor second = exact.slice(0, n);
    const PairDistances pairs = pair_distances(x, log_weights, first, cancelled);
    const PairDistances floor = pair_distances(second, {}, first, cancelled);
    return {sliced_wasserstein(x, log_weights, first, cancelled),
            sliced_wasserstein(second, {}, first, cancelled),
            pairs.mmd,
            floor.mmd,
            pairs.energy,
            floor.energy};
}

}  // namespace drift
