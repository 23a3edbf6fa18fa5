#include "core/twists/gain.h"

#include "core/exec.h"
#include "core/kernels/gain_pull.h"
#include "core/priors/mixture_prior.h"

#include <ATen/Dispatch.h>

namespace drift {
namespace {

class GainTwist final : public Twist {
public:
    GainTwist(const Problem& problem, std::function<Gain(double)> gain_at, ShareOfWay share_of_way)
        : kernel_(*problem.prior->mixture()),
          measurement_(*problem.condition->linear()),
          matrix_(measurement_.A->matrix().to(measurement_.y.options()).contiguous()),
          gain_at_(std::move(gain_at)),
          share_of_way_(std::move(share_of_way)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "mixture_gain", [&] {
            Memory memory;
            kernels::mixture_gain(exec_on(x.device()), task<scalar_t>(x, sigma, out, memory));
        });
    }

    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(move.next.scalar_type(), "step_and_gain", [&] {
            Memory memory;
            kernels::step_and_gain(exec_on(move.next.device()), kernel_step<scalar_t>(move),
                                   task<scalar_t>(move.next, sigma, out, memory));
        });
    }

    bool has_density() const override { return false; }
    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return j * share_of_way_(sigma, gain);
    }

private:
    struct Memory {  // what the kernel wants to know of a noise level
        torch::Tensor level, matrix, observed, gain, draw_gain;
    };

    template <class T>
    kernels::MixtureGainTask<T> task(const torch::Tensor& x, double sigma, Evaluation& out, Memory& memory) const {
        const Gain gain = gain_at_(sigma);
        memory.matrix = matrix_.to(x.options());
        memory.observed = measurement_.y.to(x.options()).contiguous();
        memory.gain = gain.matrix.to(x.options()).contiguous();
        kernels::MixtureGainTask<T> task;
        task.level = kernel_.level<T>(sigma, {}, x, memory.level);
        task.denoise.n = x.size(0);
        task.denoise.x = x.const_data_ptr<T>();
        task.denoise.denoised = out.denoised.data_ptr<T>();

        task.gain.n = task.denoise.n;
        task.gain.dims = matrix_.size(1);
        task.gain.rows = matrix_.size(0);
        task.gain.gain = memory.gain.const_data_ptr<T>();
        task.gain.matrix = memory.matrix.const_data_ptr<T>();
        task.gain.observed = memory.observed.const_data_ptr<T>();
        task.gain.spread = gain.spread;
        if (gain.spread > 0) {
            memory.draw_gain = gain.of_draw.to(x.options()).contiguous();
            task.gain.draw_gain = memory.draw_gain.const_data_ptr<T>();
            task.gain.noise = numbers_beside(out);
        }
        task.gain.denoised = task.denoise.denoised;
        task.gain.pull = out.pull.data_ptr<T>();
        return task;
    }

    KernelMixture kernel_;
    LinearGaussian measurement_;
    torch::Tensor matrix_;  // A [m, d], as y, which is most often as particles are
    std::function<Gain(double)> gain_at_;
    ShareOfWay share_of_way_;
};

}  // namespace

std::shared_ptr<const Twist> gain_twist(const Problem& problem, std::function<Gain(double)> gain_at,
                                        ShareOfWay share_of_way) {
    return std::make_shared<const GainTwist>(problem, std::move(gain_at), std::move(share_of_way));
}

kernels::RandomStream numbers_beside(const Evaluation& at) {
    const bool first = at.step == 0;
    return {at.random.seed, first ? kernels::Purpose::InitialNoise : kernels::Purpose::Proposal,
            first ? 0 : static_cast<uint32_t>(at.step - 1)};
}

torch::Tensor gain_of(const LinearOperator& measured, double noise_squared, double spread_squared) {
    const torch::Tensor every_row = torch::eye(measured.output_size(), torch::kFloat64);
    return measured.adjoint(measured.solve(every_row, noise_squared, spread_squared)).t();
}

}  // namespace drift
