// A Gaussian-mixture prior under a linear measurement of a few values: denoiser, J A^T, log psi and pull from two fused
// kernels, for every error model (guidance.md 1.5, 1.8). The fast path of the closed-form scenarios.

#include "core/exec.h"
#include "core/kernels/mixture_twist.h"
#include "core/priors/mixture_prior.h"
#include "core/stability.h"

namespace drift {
namespace {

kernels::ErrorModel kernel_model(ErrorModel model) {
    switch (model) {
        case ErrorModel::Point:
            return kernels::ErrorModel::Point;
        case ErrorModel::Pigdm:
            return kernels::ErrorModel::Pigdm;
        default:
            return kernels::ErrorModel::Tweedie;
    }
}

class MixtureTwist final : public Twist {
public:
    MixtureTwist(const Problem& problem, const TwistOptions& options)
        : options_(options),
          kernel_(*problem.prior->mixture()),
          matrix_(problem.condition->linear()->A->matrix().contiguous()),
          y_(problem.condition->linear()->y.to(torch::kCPU, torch::kFloat64).contiguous()) {
        const double noise = problem.condition->linear()->noise;
        observation_ = {matrix_.size(0), matrix_.size(1), matrix_.const_data_ptr<double>(), y_.const_data_ptr<double>(),
                        noise * noise};
    }

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
        return slope_of_score(options_, std::sqrt(observation_.noise_variance), sigma, j, gain);
    }

private:
    struct Memory {  // what the kernel wants to know of a noise level
        torch::Tensor level, twist;
    };

    template <class T>
    kernels::MixtureTwistTask<T> task(const torch::Tensor& x, double sigma, Evaluation& out, Memory& memory) const {
        if (!out.scratch.defined()) {
            out.scratch = torch::empty({x.size(0), matrix_.size(0), x.size(1)}, x.options());
        }
        kernels::MixtureTwistTask<T> task;
        task.level = kernel_.level<T>(sigma, matrix_, x, memory.level);
        task.denoise.n = x.size(0);
        task.denoise.x = x.const_data_ptr<T>();
        task.denoise.denoised = out.denoised.data_ptr<T>();
        task.denoise.jacobian_directions = out.scratch.data_ptr<T>();

        memory.twist = torch::empty({kernels::linear_twist_size(observation_)}, torch::CppTypeToScalarType<T>::value);
        task.twist =
            kernels::prepare_linear_twist(observation_, kernel_model(options_.model), sigma,
                                          denoised_variance(sigma, options_.spread), memory.twist.data_ptr<T>());
        memory.twist = memory.twist.to(x.device());
        task.twist.coefficients = memory.twist.const_data_ptr<T>();
        task.guide.n = x.size(0);
        task.guide.denoised = task.denoise.denoised;
        task.guide.jacobian_directions = task.denoise.jacobian_directions;
        task.guide.log_psi = out.log_twist.data_ptr<double>();
        task.guide.pull = out.pull.defined() ? out.pull.data_ptr<T>() : nullptr;
        return task;
    }

    TwistOptions options_;
    KernelMixture kernel_;
    torch::Tensor matrix_;  // [m, d] float64 on the host
    torch::Tensor y_;       // [m] likewise
    kernels::LinearObservation observation_;
};

}  // namespace

std::shared_ptr<const Twist> mixture_twist(const Problem& problem, const TwistOptions& options) {
    return std::make_shared<const MixtureTwist>(problem, options);
}

}  // namespace drift
