// A Gaussian-mixture prior under a linear measurement of a few values: denoiser, J A^T, log psi and pull from two fused
// kernels, for every error model (guidance.md 1.5, 1.8). The fast path of the closed-form scenarios.

#include "core/exec.h"
#include "core/kernels/mixture_twist.h"
#include "core/priors/mixture_prior.h"
#include "core/stability.h"
#include "core/twists/measured_rows.h"

namespace drift {
namespace {

class MixtureTwist final : public Twist {
public:
    MixtureTwist(const Problem& problem, const TwistOptions& options)
        : options_(options), kernel_(*problem.prior->mixture()), measured_(*problem.condition->linear()) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "mixture_twist", [&] {
            Memory memory;
            kernels::mixture_twist(exec_on(x.device()), task<scalar_t>(x, sigma, out, memory));
        });
    }

    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(move.next.scalar_type(), "step_and_twist", [&] {
            Memory memory;
            kernels::step_and_twist(exec_on(move.next.device()), kernel_step<scalar_t>(move),
                                    task<scalar_t>(move.next, sigma, out, memory));
        });
    }

    bool step_evaluate_and_weigh(const ReverseMove& move, double sigma, Evaluation& out,
                                 const kernels::Weighing& weighing) const override {
        AT_DISPATCH_FLOATING_TYPES(move.next.scalar_type(), "step_twist_and_weigh", [&] {
            Memory memory;
            kernels::step_twist_and_weigh(exec_on(move.next.device()), kernel_step<scalar_t>(move),
                                          task<scalar_t>(move.next, sigma, out, memory), weighing);
        });
        return true;
    }

    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return slope_of_score(options_, measured_.noise(), sigma, j, gain);
    }

private:
    struct Memory {  // what the kernel wants to know of a noise level
        torch::Tensor level, twist;
    };

    template <class T>
    kernels::MixtureTwistTask<T> task(const torch::Tensor& x, double sigma, Evaluation& out, Memory& memory) const {
        if (!out.scratch.defined()) {
            out.scratch = torch::empty({x.size(0), measured_.count(), x.size(1)}, x.options());
        }
        kernels::MixtureTwistTask<T> task;
        task.level = kernel_.level<T>(sigma, measured_.matrix(), x, memory.level);
        task.denoise.n = x.size(0);
        task.denoise.x = x.const_data_ptr<T>();
        task.denoise.denoised = out.denoised.data_ptr<T>();
        task.denoise.jacobian_directions = out.scratch.data_ptr<T>();

        task.twist = measured_.level<T>(options_, sigma, x, memory.twist);
        task.guide.n = x.size(0);
        task.guide.denoised = task.denoise.denoised;
        task.guide.jacobian_directions = task.denoise.jacobian_directions;
        task.guide.log_psi = out.log_twist.data_ptr<double>();
        task.guide.pull = out.pull.defined() ? out.pull.data_ptr<T>() : nullptr;
        return task;
    }

    TwistOptions options_;
    KernelMixture kernel_;
    MeasuredRows measured_;
};

}  // namespace

std::shared_ptr<const Twist> mixture_twist(const Problem& problem, const TwistOptions& options) {
    return std::make_shared<const MixtureTwist>(problem, options);
}

}  // namespace drift
