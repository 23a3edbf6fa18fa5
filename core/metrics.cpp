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
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Directions and exact draws belong to the measurement, not to the run: every run is measured by the same ones.
constexpr Random measuring{2'718'281'828};

/// One direction a row, [128, d], float64.
torch::Tensor fixed_directions(int64_t d) {
    torch::Tensor rows = torch::empty({directions, d}, torch::kFloat64);
    measuring.fill_normals(rows, kernels::Purpose::Metric, 1);  // step 0 is that of the exact draws
    return rows / rows.norm(2, 1, true);
}

/// Values in rising order, each with the share of the weight up to and including it.
struct Ranked {
    std::vector<float> value;
    std::vector<double> upto;
};

Ranked rank(const float* value, const std::vector<double>& weights, size_t n) {
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
        total += std::max(0.0, next - u) * std::abs(static_cast<double>(f.value[i]) - static_cast<double>(g.value[j]));
        u = std::max(u, next);
        (f.upto[i] <= g.upto[j] ? i : j) += 1;
    }
    return total;
}

}  // namespace

double sliced_wasserstein(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                          const Cancelled& cancelled) {
    const torch::Tensor rows = x.flatten(1).to(torch::kCPU, torch::kFloat64);
    if (!rows.isfinite().all().item<bool>()) {
        return nan;
    }
    const torch::Tensor along = fixed_directions(rows.size(1));
    const torch::Tensor others = reference.flatten(1).to(torch::kCPU, torch::kFloat64);
    const auto n = static_cast<size_t>(rows.size(0));
    const auto m = static_cast<size_t>(others.size(0));
    std::vector<double> weights;
    if (log_weights.defined()) {
        const torch::Tensor plain = log_weights.to(torch::kCPU, torch::kFloat64).exp().contiguous();
        weights.assign(plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel());
    }
    std::vector<double> distances(directions, nan);
    for (int64_t first = 0; first < directions; first += block) {
        const torch::Tensor rays = along.slice(0, first, first + block);
        const torch::Tensor ours = rays.matmul(rows.t()).to(torch::kFloat32).contiguous();      // [block, n]
        const torch::Tensor theirs = rays.matmul(others.t()).to(torch::kFloat32).contiguous();  // [block, m]
        const float* our_values = ours.const_data_ptr<float>();
        const float* their_values = theirs.const_data_ptr<float>();
        kernels::for_chunks_on_cpu(block, [&](int64_t begin, int64_t end) {
            for (int64_t k = begin; k < end && !(cancelled && cancelled()); ++k) {
                const auto row = static_cast<size_t>(k);
                distances[static_cast<size_t>(first) + row] =
                    distance(rank(our_values + row * n, weights, n), rank(their_values + row * m, {}, m));
            }
        });
    }
    return std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(directions);
}

DistanceToExact distance_to_exact(const torch::Tensor& x, const torch::Tensor& log_weights,
                                  const GaussianMixture& exact, const Cancelled& cancelled) {
    const int64_t n = x.size(0);
    const torch::Tensor both = exact.sample(2 * n, measuring, kernels::Purpose::Metric);
    const torch::Tensor first = both.slice(0, 0, n);
    const torch::Tensor second = both.slice(0, n);
    DistanceToExact result{};
    result.sliced_w1 = sliced_wasserstein(x, log_weights, first, cancelled);
    result.floor = sliced_wasserstein(second, {}, first, cancelled);
    return result;
}

}  // namespace drift
