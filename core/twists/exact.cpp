// The likelihood of a noisy state itself, where the posterior is a Gaussian mixture in closed form (guidance.md O3):
//
//     log psi = log p(y | x_sigma) = log Z + log p_post,sigma(x) - log p_sigma(x),
//     pull = sigma^2 grad log psi = D_post - D,
//
// the denoisers and densities of posterior and prior under noise, one pass of the same kernel each.

#include "core/exec.h"
#include "core/priors/mixture_prior.h"
#include "core/twist.h"

namespace drift {
namespace {

class ExactTwist final : public Twist {
public:
    explicit ExactTwist(const Problem& problem)
        : exact_(problem.exact), prior_(*problem.prior->mixture()), posterior_(exact_->posterior) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        if (!out.scratch.defined()) {
            out.scratch = torch::empty_like(out.log_twist);
        }
        compute(prior_, x, sigma, out.denoised, out.scratch);
        compute(posterior_, x, sigma, out.pull, out.log_twist);
        out.log_twist.sub_(out.scratch).add_(exact_->log_z);
        if (out.pull.defined()) {
            out.pull.sub_(out.denoised);
        }
    }
    int64_t calls(int64_t /*step*/) const override { return 2; }

private:
    static void compute(const KernelMixture& mixture, const torch::Tensor& x, double sigma,
                        const torch::Tensor& denoised, const torch::Tensor& log_density) {
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "exact_twist", [&] {
            torch::Tensor memory;
            kernels::MixtureTask<scalar_t> task;
            task.n = x.size(0);
            task.x = x.const_data_ptr<scalar_t>();
            task.denoised = denoised.defined() ? denoised.data_ptr<scalar_t>() : nullptr;
            task.log_density = log_density.data_ptr<double>();
            kernels::mixture_denoise(exec_on(x.device()), mixture.level<scalar_t>(sigma, {}, x, memory), task);
        });
    }

    std::shared_ptr<const MixturePosterior> exact_;
    KernelMixture prior_;
    KernelMixture posterior_;
};

}  // namespace

std::shared_ptr<const Twist> exact_twist(const Problem& problem) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.exact == nullptr || problem.prior->mixture() == nullptr) {
        throw UserError(
            "'exact' of 'sampler.twist' or 'sampler.error_model' needs the posterior in closed form, which a mixture "
            "prior under a linear measurement has; here choose " +
            std::string(problem.condition->linear() != nullptr ? "tweedie, pigdm, " : "") + "monte_carlo or point");
    }
    return std::make_shared<const ExactTwist>(problem);
}

}  // namespace drift
