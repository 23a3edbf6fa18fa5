// Central differences along random directions. They are exact for a quadratic log p(y | x), whatever mu is; what is
// left then is that u u^T is the identity only on average.

#include "core/exec.h"
#include "core/twists/estimated_gradient.h"

#include <ATen/Dispatch.h>

#include <cmath>

namespace drift {
namespace {

class SmoothedTwist final : public EstimatedGradient {
public:
    SmoothedTwist(const Problem& problem, const SmoothedOptions& options)
        : EstimatedGradient(problem, options), queries_(options.queries), distance_(options.distance) {}

private:
    torch::Tensor gradient(const Evaluation& out, double /*reach*/) const override {
        const double mu = distance_ * std::sqrt(spread());
        torch::Tensor sum = torch::zeros_like(out.denoised);
        if (probed_in_kernels(out.denoised)) {
            AT_DISPATCH_FLOATING_TYPES(sum.scalar_type(), "differences", [&] {
                kernels::differences(exec_on(sum.device()), probes<scalar_t>(out, queries_, mu, sum));
            });
            return sum;
        }
        for_queries(out, queries_, [&](const torch::Tensor& u) {
            const torch::Tensor ahead = values(at::add(out.denoised, u, mu));
            const torch::Tensor behind = values(at::add(out.denoised, u, -mu));
            // Where log p(y | x) is not finite on one side there is no slope: such a query says nothing.
            const torch::Tensor slopes = at::nan_to_num(ahead - behind, 0.0, 0.0, 0.0).div_(2 * mu);
            for (int64_t j = 0; j < u.size(0); ++j) {
                sum.addcmul_(u[j], per_particle(slopes[j], sum));
            }
        });
        return sum.div_(static_cast<double>(queries_));
    }

    int64_t queries_;
    double distance_;
};

}  // namespace

std::shared_ptr<const Twist> smoothed_twist(const Problem& problem, const SmoothedOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    return std::make_shared<const SmoothedTwist>(problem, options);
}

}  // namespace drift
