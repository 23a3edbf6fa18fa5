#include "core/training/correction.h"

#include "core/decoder.h"
#include "core/error.h"
#include "core/grid_posterior.h"
#include "core/guidance_field.h"
#include "core/mixture_view.h"
#include "core/publish.h"
#include "core/tempered.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

constexpr double noise_half = 3.5;  // of N(0, I): one in two thousand lies outside, each way
constexpr int64_t nodes_along = 73;
constexpr double nodes_half = 4.5;

torch::Tensor on_host(const torch::Tensor& tensor) {
    return tensor.to(torch::kCPU, torch::kFloat64);
}

/// What of x_k is looked at: the data, or the noise that they are made of, as wide as x_k is.
GridBox box_of(const Scene& scene, bool noise_space, const Bridge& bridge) {
    const double end = noise_space ? noise_half : shown_half_width(scene, 0, widths_of_noise);
    const double half = (end + widths_of_noise * bridge.sigma) / bridge.scale;
    const double x = noise_space ? 0 : scene.data_center.at(0) / bridge.scale;
    const double y = noise_space ? 0 : scene.data_center.at(1) / bridge.scale;
    return {x - half, x + half, y - half, y + half, field_side, field_side};
}

/// The rows of a field at the points of the grid, and at the places that come after them.
PlaneField plane_field(const torch::Tensor& field, int64_t points) {
    if (!field.defined()) {
        return {};
    }
    return {to_floats(field.narrow(0, 0, points)), to_floats(field.narrow(0, points, field.size(0) - points))};
}

}  // namespace

CorrectionProbe::CorrectionProbe(Task task, Model model) : task_(std::move(task)), model_(std::move(model)) {}

bool CorrectionProbe::flat() const {
    return model_.reference->dimension() == 2 && task_.problem.prior->sample_shape().size() == 1;
}

bool CorrectionProbe::knows(int64_t k) const {
    return flat() && model_.reference->bridge(k).has_value();
}

GridBox CorrectionProbe::box(int64_t k, const Scene& scene) const {
    return box_of(scene, task_.decoder != nullptr, model_.reference->bridge(k).value());
}

CorrectionNumbers CorrectionProbe::at(const Policy& policy, int64_t k, const GridBox& box,
                                      const torch::Tensor& x) const {
    CorrectionNumbers field;
    field.noise_space = task_.decoder != nullptr;
    field.step = k;
    field.steps = model_.reference->steps();
    field.sigma = model_.reference->bridge(k).value().sigma;
    field.box = box;
    field.places = to_floats(x);
    field.by_quadrature = !task_.problem.exact && has_nodes();
    const torch::Tensor grid = torch::tensor(grid_points(box)).view({-1, 2}).to(model_.numbers);
    const torch::Tensor places = torch::cat({grid, x.to(model_.numbers)});
    field.learned = plane_field(learned(policy, k, places), grid.size(0));
    field.exact = plane_field(exact(k, places), grid.size(0));
    field.dps = plane_field(dps(k, places), grid.size(0));
    return field;
}

torch::Tensor CorrectionProbe::learned(const Policy& policy, int64_t k, const torch::Tensor& x) const {
    const torch::Tensor observed = model_.terminal->given_observed(x.size(0));
    const torch::Tensor told = model_.policy.langevin ? model_.terminal->guide(x, observed) : torch::Tensor{};
    const Policy::Answer answer = policy.answer({k}, policy_input(model_, x, told, observed));
    return on_host(answer.shift.select(0, 0)) / model_.reference->bridge(k).value().share;
}

/// E[x_T | x_k] under the reference.
torch::Tensor CorrectionProbe::expected_end(int64_t k, const torch::Tensor& x) const {
    const Bridge bridge = model_.reference->bridge(k).value();
    return (model_.reference->mean(k, x) - x * bridge.kept) / bridge.share;
}

torch::Tensor CorrectionProbe::exact(int64_t k, const torch::Tensor& x) const {
    const Bridge bridge = model_.reference->bridge(k).value();
    const torch::Tensor seen = on_host(x) * bridge.scale;
    torch::Tensor end;
    if (task_.problem.exact && bridge.sigma > 0) {
        end = task_.problem.exact->posterior.denoise(seen, bridge.sigma);
    } else if (has_nodes() && bridge.sigma >= nodes().spacing) {  // a narrower kernel would fall between the nodes
        const torch::Tensor apart = at::cdist(seen, nodes().z).square_();
        const torch::Tensor share =
            (nodes().log_density.unsqueeze(0) - apart / (2 * bridge.sigma * bridge.sigma)).softmax(1);
        end = share.matmul(nodes().z);
    }
    return end.defined() ? end - on_host(expected_end(k, x)) : end;
}

torch::Tensor CorrectionProbe::end_gradient(const torch::Tensor& end) const {
    if (model_.reference->kind() != Reference::Kind::Diffusion) {
        return model_.terminal->gradient(end, model_.power, model_.terminal->given_observed(end.size(0)));
    }
    // There the way ends in the denoised prediction of x_T, and `end` is that already.
    return task_.problem.condition->is_none()
               ? torch::zeros_like(end)
               : task_.problem.condition->gradient(end.contiguous()).reshape(end.sizes()) * model_.power;
}

torch::Tensor CorrectionProbe::dps(int64_t k, const torch::Tensor& x) const {
    const Bridge bridge = model_.reference->bridge(k).value();
    try {
        const torch::Tensor at_end = end_gradient(expected_end(k, x));
        const torch::Tensor at_x = (model_.reference->pullback(k, x, at_end) - at_end * bridge.kept) / bridge.share;
        return on_host(at_x) * (bridge.sigma * bridge.sigma / bridge.scale);
    } catch (const UserError&) {
        return {};  // the condition has no gradient, and DPS no field
    }
}

/// Where the end has the density N(z; 0, I) r(f(z)) and f costs next to nothing.
bool CorrectionProbe::has_nodes() const {
    const bool runs_code = task_.data_problem != nullptr && !task_.data_problem->condition->warning().empty();
    return model_.reference->kind() == Reference::Kind::Stationary && task_.decoder != nullptr &&
           task_.decoder->calls() == 0 && !runs_code && flat();
}

const CorrectionProbe::Nodes& CorrectionProbe::nodes() const {
    std::call_once(nodes_made_, [this] {
        const torch::Tensor along = torch::linspace(-nodes_half, nodes_half, nodes_along, torch::kFloat64);
        nodes_.z = rows_of_grid({along, along});
        nodes_.spacing = 2 * nodes_half / static_cast<double>(nodes_along - 1);
        const auto target = tempered(task_.problem.condition, model_.power);
        const torch::Tensor log_r = on_host(target->log_likelihood(nodes_.z.to(task_.options)));
        nodes_.log_density = log_r - nodes_.z.square().sum(1) * 0.5;
    });
    return nodes_;
}

torch::Tensor CorrectionProbe::particles_at(const Policy& policy, int64_t k, int64_t count,
                                            const Random& random) const {
    Walk walk = start_walk(model_, count, random);
    Walk next{torch::empty_like(walk.x), torch::empty_like(walk.log_ratio), walk.observed};
    for (int64_t i = 0; i < k; ++i) {
        step_walk(model_, policy, i, random, walk, next);
        std::swap(walk, next);
    }
    return walk.x;
}

}  // namespace drift
