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
        : normal_(std::move(normal)),
          offset_(params.offset),
          floor_(params.floor),
          width_(params.width),
          log_rest_(std::log(-std::expm1(params.floor))) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor inside = depth(clean);
        if (width_ == 0) {
            return at::where(inside.ge(0), torch::zeros_like(inside), torch::full_like(inside, floor_));
        }
        return at::logaddexp(at::special_log_ndtr(inside / width_) + log_rest_, torch::full_like(inside, floor_));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        if (width_ == 0) {
            return torch::zeros_like(clean);
        }
        const torch::Tensor z = depth(clean) / width_;
        const torch::Tensor log_phi = z.square() * -0.5 - std::log(width_ * std::sqrt(2 * M_PI));
        const torch::Tensor slope = (log_phi + log_rest_ - log_likelihood(clean)).exp();
        return (slope.unsqueeze(1) * normal_).view(clean.sizes()).to(clean.scalar_type());
    }

private:
    /// n . x - offset, float64 [n].
    torch::Tensor depth(const torch::Tensor& clean) const {
        return clean.flatten(1).to(torch::kFloat64).matmul(normal_) - offset_;
    }

    torch::Tensor normal_;  // [d] float64
    double offset_;
    double floor_;
    double width_;
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
