// No guidance: the denoiser alone.

#include "core/exec.h"
#include "core/kernels/step_and_denoise.h"
#include "core/priors/mixture_prior.h"
#include "core/twist.h"

#include <ATen/Dispatch.h>

namespace drift {
namespace {

class Unguided : public Twist {
public:
    explicit Unguided(std::shared_ptr<const Prior> prior) : prior_(std::move(prior)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        prior_->denoise_into(x, sigma, out.denoised);
        out.log_twist.zero_();
    }
    bool has_pull() const override { return false; }

private:
    std::shared_ptr<const Prior> prior_;
};

/// The same for a mixture, whose step and denoiser are one pass over the particles. It leaves log psi at the 0 that it
/// is from the start: to write it again in every step would cost a tenth of the time.
class UnguidedMixture final : public Unguided {
public:
    explicit UnguidedMixture(const Problem& problem) : Unguided(problem.prior), kernel_(*problem.prior->mixture()) {}

    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(move.next.scalar_type(), "step_and_denoise", [&] {
            torch::Tensor memory;
            kernels::MixtureTask<scalar_t> task;
            task.n = move.next.size(0);
            task.x = move.next.const_data_ptr<scalar_t>();
            task.denoised = out.denoised.data_ptr<scalar_t>();
            kernels::step_and_denoise(exec_on(move.next.device()), kernel_step<scalar_t>(move),
                                      kernel_.level<scalar_t>(sigma, {}, move.next, memory), task);
        });
    }

private:
    KernelMixture kernel_;
};

}  // namespace

std::shared_ptr<const Twist> no_twist(const Problem& problem) {
    if (problem.prior->mixture() != nullptr) {
        return std::make_shared<const UnguidedMixture>(problem);
    }
    return std::make_shared<const Unguided>(problem.prior);
}

}  // namespace drift
