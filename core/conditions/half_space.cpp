// Samples on one side of a plane: log r = 0 where n . x >= offset, the floor elsewhere. A soft edge takes the normal
// distribution function for the step, r = e^floor + (1 - e^floor) Phi((n . x - offset) / width), so that there is
// something to follow uphill.

#include "core/conditions/prior_inputs.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

struct Params {
    Array normal{{2}, {1, 0}};
    double offset = 1;
    double floor = -20;
    double width = 0;
};

const Fields<Params> fields{
    Field<Params>("normal", &Params::normal, "normal",
                  {"The direction that points into the wanted side.", "n in n . x >= offset",
                   "As many numbers as the prior has dimensions."})
        .between(-1e6, 1e6),
    Field<Params>("offset", &Params::offset, "offset",
                  {"Where the edge is along the normal.", "n . x >= offset", "More: rarer samples are asked for."})
        .between(-1e6, 1e6),
    Field<Params>("floor", &Params::floor, "floor",
                  {"How unlikely the other side is; it stays finite so that weights do.", "log r outside",
                   "Lower: a harder constraint."})
        .between(-500, -1e-3),
    Field<Params>("width", &Params::width, "edge width",
                  {"Width of a soft edge; a hard one, 0, has no gradient for guidance to follow.",
                   "Phi((n . x - offset) / width)", "More: pulls from farther away, and blurs the edge."})
        .between(0, 1e3),
};

class HalfSpace final : public Condition {
public:
    HalfSpace(torch::Tensor normal, const Params& params)
        : edge_{normal.to(torch::kCPU), params.offset, params.width},
          normal_(std::move(normal)),
          floor_(params.floor),
          log_rest_(std::log(-std::expm1(params.floor))) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor inside = depth(clean);
        if (edge_.width == 0) {
            return at::where(inside.ge(0), torch::zeros_like(inside), torch::full_like(inside, floor_));
        }
        return at::logaddexp(at::special_log_ndtr(inside / edge_.width) + log_rest_, torch::full_like(inside, floor_));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        if (edge_.width == 0) {
            return torch::zeros_like(clean);
        }
        const torch::Tensor z = depth(clean) / edge_.width;
        const torch::Tensor log_phi = z.square() * -0.5 - std::log(edge_.width * std::sqrt(2 * M_PI));
        const torch::Tensor slope = (log_phi + log_rest_ - log_likelihood(clean)).exp();
        return (slope.unsqueeze(1) * normal_).view(clean.sizes()).to(clean.scalar_type());
    }
    /// n . x is Gaussian in every component, and the mean of Phi over a Gaussian is Phi again.
    std::optional<double> exact_log_z(const GaussianMixture& prior) const override {
        const torch::Tensor& n = edge_.normal;
        const torch::Tensor spread = (prior.full_covariances().matmul(n).mv(n) + edge_.width * edge_.width).sqrt();
        const torch::Tensor log_wanted =
            (prior.weights.log() + at::special_log_ndtr((prior.means.mv(n) - edge_.offset) / spread)).logsumexp(0);
        return at::logaddexp(log_wanted + log_rest_, torch::full_like(log_wanted, floor_)).item<double>();
    }
    const Edge* edge() const override { return &edge_; }
    bool is_flat() const override { return edge_.width == 0; }

private:
    /// n . x - offset, float64 [n].
    torch::Tensor depth(const torch::Tensor& clean) const {
        return clean.flatten(1).to(torch::kFloat64).matmul(normal_) - edge_.offset;
    }

    Edge edge_;             // on the host
    torch::Tensor normal_;  // that of the edge, where the particles are
    double floor_;
    double log_rest_;  // log(1 - e^floor)
};

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const torch::Tensor normal = point_for(params.normal, prior, "normal");
    if (normal.eq(0).all().item<bool>()) {
        throw UserError("'condition.normal' is 0, but must point somewhere");
    }
    return std::make_shared<const HalfSpace>(normal.to(context.options.device()), params);
}

const Registration<Condition> registration{
    {"half_space", "Half space", "Samples on one side of a line or plane.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
