// The likelihood averaged over draws around the denoised prediction (loss-guided diffusion, Song et al. 2023):
//
//     psi = mean_s p(y | D + r n_s),   pull = sigma^2 J^T sum_s w_s grad log p(y | D + r n_s),
//
// r^2 = sigma^2 V / (V + sigma^2) and w_s in proportion to p(y | D + r n_s). guidance.md 1.8.

#include "core/draws.h"

namespace drift {
namespace {

class MonteCarloTwist final : public Twist {
public:
    MonteCarloTwist(const Problem& problem, const Draws& draws)
        : prior_(problem.prior), condition_(problem.condition), draws_(draws) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        if (!out.pull.defined()) {
            prior_->denoise_into(x, sigma, out.denoised);
            out.log_twist.copy_(log_mean_likelihood(*condition_, out, sigma, draws_, 1));
            return;
        }
        const Linearised at_x = prior_->linearise(x, sigma);
        out.denoised.copy_(at_x.denoised);
        torch::Tensor gradient = torch::empty_like(x);
        out.log_twist.copy_(log_mean_likelihood(*condition_, out, sigma, draws_, 1, &gradient));
        at::mul_out(out.pull, at_x.pullback(gradient), torch::full({}, sigma * sigma, x.options()));
    }
    std::string warning() const override { return warning_of_flatness(*condition_); }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    Draws draws_;
};

}  // namespace

std::shared_ptr<const Twist> monte_carlo_twist(const Problem& problem, int64_t draws, double spread) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    return std::make_shared<const MonteCarloTwist>(
        problem, Draws{draws, spread > 0 ? spread : problem.prior->data_variance(), 0});
}

}  // namespace drift
