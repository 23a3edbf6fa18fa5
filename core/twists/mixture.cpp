// A Gaussian-mixture prior under a linear measurement of a few values: denoiser, J A^T, log psi and pull from two fused
// kernels, for every error model (guidance.md 1.5, 1.8). The fast path of the closed-form scenarios.

#include "core/exec.h"
#include "core/kernels/linear_twist.h"
#include "core/priors/mixture_prior.h"
#include "core/twist.h"

namespace drift {
namespace {

kernels::ErrorModel kernel_model(ErrorModel model) {
    switch (model) {
        case ErrorModel::Point:
            return kernels::ErrorModel::point;
        case ErrorModel::Pigdm:
            return kernels::ErrorModel::pigdm;
        default:
            return kernels::ErrorModel::tweedie;
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
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "mixture_twist", [&] { compute<scalar_t>(x, sigma, out); });
    }

private:
    template <class T>
    void compute(const torch::Tensor& x, double sigma, Evaluation& out) const {
        const kernels::Exec exec = exec_on(x.device());
        if (!out.scratch.defined()) {
            out.scratch = torch::empty({x.size(0), matrix_.size(0), x.size(1)}, x.options());
        }
        torch::Tensor mixture_memory;
        kernels::MixtureTask<T> denoise;
        denoise.n = x.size(0);
        denoise.x = x.const_data_ptr<T>();
        denoise.denoised = out.denoised.data_ptr<T>();
        denoise.jacobian_directions = out.scratch.data_ptr<T>();
        kernels::mixture_denoise(exec, kernel_.level<T>(sigma, matrix_, x, mixture_memory), denoise);

        torch::Tensor memory =
            torch::empty({kernels::linear_twist_size(observation_)}, torch::CppTypeToScalarType<T>::value);
        kernels::LinearTwist<T> twist =
            kernels::prepare_linear_twist(observation_, kernel_model(options_.model), sigma,
                                          denoised_variance(sigma, options_.spread), memory.data_ptr<T>());
        memory = memory.to(x.device());
        twist.coefficients = memory.const_data_ptr<T>();
        kernels::TwistTask<T> task;
        task.n = x.size(0);
        task.denoised = denoise.denoised;
        task.jacobian_directions = denoise.jacobian_directions;
        task.log_psi = out.log_twist.data_ptr<double>();
        task.pull = out.pull.data_ptr<T>();
        kernels::linear_gaussian_twist(exec, twist, task);
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
