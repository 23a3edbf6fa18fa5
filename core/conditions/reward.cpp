// Rewards of no measurement: log r = strength * f(x), for steering and for tests (guidance.md 1.8, "generic reward").
//
//     quadratic: -|x - c|^2 / (2 w^2)     ring: -(|x - c| - R)^2 / (2 w^2)     linear: v . x
//
// Under a mixture prior the first and the last one have an exact posterior, a mixture again.

#include "core/conditions/prior_inputs.h"
#include "core/conditions/script_reward.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

struct Params {
    std::string function = "quadratic";
    double strength = 1;
    Array centre{{}, {0}};
    double width = 1;
    double radius = 3;
    Array direction{{}, {1}};
    std::string file;
};

const Fields<Params> fields{
    Field<Params>("function", &Params::function, "function",
                  {"What is rewarded: being near a point, near a ring around it, far out in a direction, or what a "
                   "TorchScript file says.",
                   "f(x) in log r = lambda f(x)", "Another shape of the posterior."})
        .one_of({"quadratic", "ring", "linear", "torchscript"}),
    Field<Params>("strength", &Params::strength, "strength",
                  {"How much the reward counts.", "lambda in log r = lambda f(x)",
                   "More: higher rewards, less of the prior's variety."})
        .between(0, 1e4, true),
    Field<Params>("centre", &Params::centre, "centre",
                  {"The rewarded point, or the middle of the ring; one number stands for all coordinates.", "c",
                   "Moves the posterior."})
        .between(-1e6, 1e6)
        .only_with("function", {"quadratic", "ring"}),
    Field<Params>("radius", &Params::radius, "radius",
                  {"Radius of the ring.", "R in -(|x - c| - R)^2 / (2 w^2)", "More: a larger ring."})
        .between(1e-3, 1e6, true)
        .only_with("function", {"ring"}),
    Field<Params>("width", &Params::width, "width",
                  {"How far from the rewarded place the reward has dropped by a half.", "w in -|x - c|^2 / (2 w^2)",
                   "Less: a sharper reward, harder to reach."})
        .between(1e-3, 1e4, true)
        .only_with("function", {"quadratic", "ring"}),
    Field<Params>("direction", &Params::direction, "direction",
                  {"The direction that is rewarded; one number stands for all coordinates.", "v in v . x",
                   "Longer: a steeper reward, without end."})
        .between(-1e6, 1e6)
        .only_with("function", {"linear"}),
    Field<Params>("file", &Params::file, "file",
                  {"A TorchScript file that gives a number for every sample. It runs code: open only files that you "
                   "trust.",
                   "f(x) = forward(x), in float32", "Another file, another reward."})
        .only_with("function", {"torchscript"}),
};

class Quadratic final : public Condition {
public:
    Quadratic(torch::Tensor centre, double curvature) : centre_(std::move(centre)), curvature_(curvature) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return (clean.flatten(1) - centre_).to(torch::kFloat64).square().sum(1) * (-0.5 * curvature_);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        return ((centre_ - clean.flatten(1)) * curvature_).view_as(clean);
    }
    /// Up to a constant it is a measurement of x itself: log N(c; x, I / curvature) + d/2 log(2 pi / curvature).
    std::shared_ptr<const MixturePosterior> exact(const GaussianMixture& prior) const override {
        if (curvature_ == 0) {
            return nullptr;
        }
        const int64_t d = prior.dimension();
        const auto identity = dense_operator(torch::eye(d, torch::kFloat64));
        MixturePosterior answer = exact_posterior(prior, {identity, centre_, 1 / std::sqrt(curvature_)});
        answer.log_z += 0.5 * static_cast<double>(d) * std::log(2 * M_PI / curvature_);
        return std::make_shared<const MixturePosterior>(std::move(answer));
    }

private:
    torch::Tensor centre_;  // [d]
    double curvature_;      // lambda / w^2
};

class Ring final : public Condition {
public:
    Ring(torch::Tensor centre, double radius, double curvature)
        : centre_(std::move(centre)), radius_(radius), curvature_(curvature) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor distance = (clean.flatten(1) - centre_).to(torch::kFloat64).norm(2, 1);
        return (distance - radius_).square() * (-0.5 * curvature_);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const torch::Tensor apart = clean.flatten(1) - centre_;
        const torch::Tensor distance = apart.norm(2, 1, true).clamp_min(1e-30);
        return (apart * ((radius_ - distance) / distance * curvature_)).view_as(clean);
    }

private:
    torch::Tensor centre_;  // [d]
    double radius_;
    double curvature_;  // lambda / w^2
};

class Linear final : public Condition {
public:
    explicit Linear(torch::Tensor slope) : slope_(std::move(slope)) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return clean.flatten(1).matmul(slope_).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        return slope_.expand({clean.size(0), slope_.size(0)}).contiguous().view(clean.sizes());
    }
    /// Every component is moved by Sigma_j v and weighed by exp(v . m_j + v . Sigma_j v / 2).
    std::shared_ptr<const MixturePosterior> exact(const GaussianMixture& prior) const override {
        const torch::Tensor v = slope_.to(torch::kCPU, torch::kFloat64);
        const torch::Tensor moved = prior.full_covariances().matmul(v);  // [J, d]
        const torch::Tensor log_weights = prior.weights.log() + prior.means.matmul(v) + moved.matmul(v) / 2;
        MixturePosterior answer{prior, log_weights.logsumexp(0).item<double>()};
        answer.posterior.means = prior.means + moved;
        answer.posterior.weights = log_weights.softmax(0);
        return std::make_shared<const MixturePosterior>(std::move(answer));
    }

private:
    torch::Tensor slope_;  // [d], lambda v
};

/// A point of the prior's space, or the same number for all coordinates.
torch::Tensor point_or_number(const Array& array, const Prior& prior, const std::string& key) {
    return array.shape.empty() ? torch::full({dimension_of(prior)}, array.data.front(), torch::kFloat64)
                               : point_for(array, prior, key);
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    if (params.function == "torchscript") {
        return script_reward(params.file, params.strength, prior, context);
    }
    if (params.function == "linear") {
        const torch::Tensor direction = point_or_number(params.direction, prior, "direction");
        return std::make_shared<const Linear>((direction * params.strength).to(context.options));
    }
    const torch::Tensor centre = point_or_number(params.centre, prior, "centre").to(context.options);
    const double curvature = params.strength / (params.width * params.width);
    if (params.function == "ring") {
        return std::make_shared<const Ring>(centre, params.radius, curvature);
    }
    return std::make_shared<const Quadratic>(centre, curvature);
}

const Registration<Condition> registration{
    {"reward", "Reward", "Rewards places of your choice, or what a file of yours says.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
