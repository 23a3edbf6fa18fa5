#include "core/training/losses.h"

#include "core/training/pieces.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace drift {
namespace {

constexpr std::array<std::pair<const char*, LossKind>, 9> names = {{
    {"vargrad", LossKind::VarGrad},
    {"tb", LossKind::TrajectoryBalance},
    {"log_variance", LossKind::LogVariance},
    {"subtb", LossKind::SubTrajectoryBalance},
    {"db", LossKind::DetailedBalance},
    {"reinforce", LossKind::Reinforce},
    {"reverse_kl", LossKind::ReverseKl},
    {"adjoint_matching", LossKind::AdjointMatching},
    {"adjoint_sampling", LossKind::AdjointSampling},
}};

/// The mean over each group, for every member of it.
torch::Tensor group_means(const torch::Tensor& values, int64_t group) {
    const int64_t n = values.size(0);
    const int64_t size = group > 0 ? group : n;
    TORCH_CHECK(n % size == 0, "groups of ", size, " do not fill a batch of ", n);
    return values.view({n / size, size}).mean(1, true).expand({n / size, size}).reshape({n});
}

/// The weights of all pairs, [T + 1, T + 1] symmetric; those of i < j sum to one, of detailed balance each is one.
torch::Tensor pair_weights(LossKind kind, int64_t steps, double lambda) {
    const torch::Tensor at = torch::arange(steps + 1, torch::kFloat64);
    const torch::Tensor apart = (at.unsqueeze(0) - at.unsqueeze(1)).abs();
    if (kind == LossKind::DetailedBalance) {
        return apart.eq(1).to(torch::kFloat64);
    }
    // relative to the longest pair: powers of 2 overflow from 1,024 steps on
    const torch::Tensor all = at::where(apart.gt(0), at::exp((apart - (lambda > 1 ? steps : 1)) * std::log(lambda)),
                                        torch::zeros_like(apart));
    return all / (all.sum() / 2);
}

/// Losses that see a trajectory as a whole: their derivative is the same for all of its steps.
void whole_trajectories(LossKind kind, const LossInput& input, const torch::Tensor& a, LossOutput& out) {
    const int64_t n = a.size(0);
    const auto count = static_cast<double>(n);
    out.delta = a + (kind == LossKind::TrajectoryBalance ? torch::full_like(a, input.log_z) : out.mean_log_z);
    torch::Tensor squares = out.delta.square();
    torch::Tensor slope = out.delta / count;
    if (input.dead_zone > 0) {
        slope = at::where(squares.gt(input.dead_zone), slope, torch::zeros_like(slope));
        squares = (squares - input.dead_zone).clamp_min(0);
    }
    double factor = 0.5;
    if (kind == LossKind::LogVariance) {
        const auto size = static_cast<double>(input.group > 0 ? input.group : n);
        factor = size / std::max(size - 1, 1.0);
        slope = slope * (2 * factor);
    }
    out.loss = factor * squares.mean().item<double>();
    out.at_log_z = kind == LossKind::TrajectoryBalance ? slope.sum().item<double>() : 0;
    out.step = slope.unsqueeze(0).expand({input.log_ratio.size(0), n}).contiguous();
}

void pairs(LossKind kind, const LossInput& input, const torch::Tensor& a, LossOutput& out) {
    const int64_t steps = input.log_ratio.size(0);
    const int64_t n = input.log_ratio.size(1);
    torch::Tensor g = input.flow.clone();
    g.select(0, 0).fill_(input.log_z);
    g.select(0, steps).copy_(input.log_w);
    g.narrow(0, 1, steps).sub_(input.log_ratio.cumsum(0));
    const torch::Tensor weights = pair_weights(kind, steps, input.lambda);
    const torch::Tensor totals = weights.sum(1, true);
    // sum_ij w_ij (g_i - g_j)^2 / 4 over all ordered pairs, and its derivative
    const torch::Tensor at_g = (g * totals - weights.matmul(g)) / static_cast<double>(n);
    out.loss = 0.5 * (at_g * g).sum().item<double>();
    out.flow = at_g.clone();
    out.flow.select(0, steps).zero_();  // log w is given
    // S_i holds the ratios of all steps below i, with a minus sign
    out.step = -(at_g.sum(0, true) - at_g.cumsum(0)).narrow(0, 0, steps);
    out.at_log_z = at_g.select(0, 0).sum().item<double>();
    out.delta = a + input.log_z;
}

}  // namespace

std::vector<std::string> loss_names(bool (*is)(LossKind)) {
    std::vector<std::string> all;
    for (const auto& [name, kind] : names) {
        if (is(kind)) {
            all.emplace_back(name);
        }
    }
    return all;
}

std::vector<std::string> loss_names() {
    return loss_names([](LossKind) { return true; });
}

LossKind loss_named(const std::string& name) {
    const auto found = std::ranges::find(names, name, [](const auto& entry) { return std::string(entry.first); });
    TORCH_CHECK(found != names.end(), "no loss is called ", name);
    return found->second;
}

std::optional<TrajectorySource> only_source(LossKind kind) {
    switch (kind) {
        case LossKind::Reinforce:
        case LossKind::ReverseKl:
            return TrajectorySource::OnPolicy;
        case LossKind::AdjointSampling:
            return TrajectorySource::Buffer;
        default:
            return {};
    }
}
bool mixes_sources(LossKind kind) {
    return !only_source(kind).has_value();
}
bool draws_from_buffer(LossKind kind) {
    return only_source(kind) == TrajectorySource::Buffer;
}
bool learns_log_z(LossKind kind) {
    return kind == LossKind::TrajectoryBalance || learns_flow(kind);
}
bool learns_flow(LossKind kind) {
    return kind == LossKind::SubTrajectoryBalance || kind == LossKind::DetailedBalance;
}
bool needs_gradient(LossKind kind) {
    return kind == LossKind::ReverseKl || kind == LossKind::AdjointMatching || kind == LossKind::AdjointSampling;
}

bool learns_by_residuals(LossKind kind) {
    return !needs_gradient(kind);
}
bool has_dead_zone(LossKind kind) {
    return learns_by_residuals(kind) && !learns_flow(kind);
}

LossOutput loss_of(LossKind kind, const LossInput& input) {
    LossOutput out;
    alone([&] {
        const torch::Tensor a = input.log_ratio.sum(0) - input.log_w;
        out.mean_log_z = -group_means(a, input.group);
        if (learns_flow(kind)) {
            pairs(kind, input, a, out);
        } else {
            whole_trajectories(kind, input, a, out);
        }
    });
    return out;
}

}  // namespace drift
