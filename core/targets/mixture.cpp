// Gaussian mixtures: log p0 and its gradient in closed form.

#include "core/exec.h"
#include "core/priors/mixture_prior.h"
#include "core/targets/data_targets.h"

namespace drift {
namespace {

template <class T>
class MixtureTarget final : public Target {
public:
    MixtureTarget(const Problem& problem, const torch::TensorOptions& options)
        : problem_(problem),
          likelihood_(problem.condition, options),
          kernel_(*problem.prior->mixture()),
          level_(kernel_.level<T>(0, {}, torch::empty({0}, options), memory_)) {}

    std::vector<int64_t> shape() const override { return problem_.prior->sample_shape(); }

    int64_t draw_prior(torch::Tensor& x, const Random& random) const override {
        x.copy_(problem_.prior->mixture()->sample(x.size(0), random, kernels::Purpose::InitialNoise));
        return 0;
    }

    void evaluate(Cloud& cloud) const override {
        kernels::MixtureTask<T> task;
        task.n = cloud.x.size(0);
        task.x = cloud.x.const_data_ptr<T>();
        task.log_density = cloud.log_prior.data_ptr<double>();
        task.score = cloud.prior_gradient.defined() ? cloud.prior_gradient.data_ptr<T>() : nullptr;
        kernels::mixture_denoise(exec_on(cloud.x.device()), level_, task);
        likelihood_.evaluate(cloud);
    }

private:
    Problem problem_;
    Likelihood likelihood_;
    KernelMixture kernel_;
    torch::Tensor memory_;  // of level_
    kernels::MixtureLevel<T> level_;
};

}  // namespace

std::shared_ptr<const Target> mixture_target(const Problem& problem, const torch::TensorOptions& options) {
    if (options.dtype() == torch::kFloat64) {
        return std::make_shared<const MixtureTarget<double>>(problem, options);
    }
    return std::make_shared<const MixtureTarget<float>>(problem, options);
}

}  // namespace drift
