// Densities in closed form that are no mixtures.

#include "core/density.h"
#include "core/targets/data_targets.h"

namespace drift {
namespace {

class DensityTarget final : public Target {
public:
    DensityTarget(const Problem& problem, const torch::TensorOptions& options)
        : problem_(problem), density_(density_of(*problem.prior)), likelihood_(problem.condition, options) {}

    std::vector<int64_t> shape() const override { return problem_.prior->sample_shape(); }

    int64_t draw_prior(torch::Tensor& x, const Random& random) const override {
        density_->sample(x, random);
        return 0;
    }

    void evaluate(Cloud& cloud) const override {
        cloud.log_prior.copy_(density_->log_density(cloud.x));
        if (cloud.prior_gradient.defined()) {
            cloud.prior_gradient.copy_(density_->gradient(cloud.x));
        }
        likelihood_.evaluate(cloud);
    }

private:
    Problem problem_;
    const Density* density_;  // of the prior in problem_
    Likelihood likelihood_;
};

}  // namespace

std::shared_ptr<const Target> density_target(const Problem& problem, const torch::TensorOptions& options) {
    return std::make_shared<const DensityTarget>(problem, options);
}

}  // namespace drift
