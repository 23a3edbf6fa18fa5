#include "core/training/replay_buffer.h"

#include "core/log_weights.h"
#include "core/publish.h"
#include "core/training/streams.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace drift {
namespace {

const std::array<std::string, 3>& names() {
    static const std::array<std::string, 3> all = {"uniform", "reward", "rank"};
    return all;
}

std::vector<double> rank_weights(const std::vector<double>& log_w) {
    std::vector<size_t> order(log_w.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, [&](size_t a, size_t b) { return log_w[a] > log_w[b]; });
    std::vector<double> weights(log_w.size());
    for (size_t rank = 0; rank < order.size(); ++rank) {
        weights[order[rank]] = 1 / (0.01 * static_cast<double>(log_w.size()) + static_cast<double>(rank));
    }
    return weights;
}

}  // namespace

std::vector<std::string> priority_names() {
    return {names().begin(), names().end()};
}

BufferPriority priority_named(const std::string& name) {
    const auto found = std::ranges::find(names(), name);
    TORCH_CHECK(found != names().end(), "no priority is called ", name);
    return static_cast<BufferPriority>(found - names().begin());
}

void ReplayBuffer::add(const torch::Tensor& given, const Terminal::Value& of_given) {
    if (capacity == 0) {
        return;
    }
    // What a policy that has diverged leaves behind would spoil batches long after good weights were put back.
    const torch::Tensor finite = given.isfinite()
                                     .all(1)
                                     .to(torch::kCPU)
                                     .logical_and(of_given.base.isfinite().logical_and(of_given.log_r.isfinite()));
    const torch::Tensor kept = finite.nonzero().flatten();
    const bool all = kept.size(0) == given.size(0);
    const torch::Tensor ends = all ? given : given.index_select(0, kept.to(given.device()));
    const Terminal::Value value =
        all ? of_given : Terminal::Value{of_given.base.index_select(0, kept), of_given.log_r.index_select(0, kept)};
    if (!x.defined()) {
        x = torch::zeros({capacity, ends.size(1)}, torch::kFloat32);
        base = torch::zeros({capacity}, torch::kFloat32);
        log_r = torch::zeros({capacity}, torch::kFloat32);
    }
    for (int64_t done = 0; done < ends.size(0);) {
        const int64_t rows = std::min(ends.size(0) - done, capacity - next);
        x.narrow(0, next, rows).copy_(ends.narrow(0, done, rows));
        base.narrow(0, next, rows).copy_(value.base.narrow(0, done, rows));
        log_r.narrow(0, next, rows).copy_(value.log_r.narrow(0, done, rows));
        done += rows;
        count = std::max(count, next + rows);
        next = (next + rows) % capacity;
    }
}

std::vector<double> ReplayBuffer::log_w(double beta) const {
    return to_doubles(base.narrow(0, 0, count).to(torch::kFloat64) +
                      log_r.narrow(0, 0, count).to(torch::kFloat64) * beta);
}

ReplayBuffer ReplayBuffer::copy() const {
    ReplayBuffer other = *this;
    if (x.defined()) {
        other.x = x.clone();
        other.base = base.clone();
        other.log_r = log_r.clone();
    }
    return other;
}

std::vector<int64_t> draw_by_weight(const std::vector<double>& log_w, int64_t draws, const Random& random) {
    return drawn_rows(relative_weights(log_w), uniforms(random, draws));
}

std::vector<int64_t> draw_from(const ReplayBuffer& buffer, BufferPriority priority, double beta, int64_t draws,
                               const Random& random) {
    const std::vector<double> at = uniforms(random, draws);
    if (priority == BufferPriority::Rank) {
        return drawn_rows(rank_weights(buffer.log_w(beta)), at);
    }
    const auto by_reward = priority == BufferPriority::Reward ? static_cast<size_t>((draws + 3) / 4) : size_t{0};
    std::vector<int64_t> chosen;
    if (by_reward > 0) {
        chosen = drawn_rows(relative_weights(buffer.log_w(beta)),
                            {at.begin(), at.begin() + static_cast<int64_t>(by_reward)});
    }
    for (size_t i = by_reward; i < at.size(); ++i) {
        chosen.push_back(static_cast<int64_t>(at[i] * static_cast<double>(buffer.count)));
    }
    return chosen;
}

}  // namespace drift
