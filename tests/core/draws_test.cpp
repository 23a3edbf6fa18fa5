#include "core/draws.h"

#include "support/problems.h"
#include "support/twists.h"

#include <cmath>

namespace drift {
namespace {

constexpr double sigma = 0.7;
constexpr double spread = 1.3;
constexpr int64_t draws = 16;

/// log p = -|x|^2 / 2, and nothing that is a number right of `edge`.
class Broken final : public Condition {
public:
    Broken(double edge, double value) : edge_(edge), value_(value) {}
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor whole = clean.square().sum(1) * -0.5;
        return at::where(clean.select(1, 0) > edge_, torch::full_like(whole, value_), whole).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        return at::where((clean.select(1, 0) > edge_).unsqueeze(1), torch::full_like(clean, NAN), -clean);
    }

private:
    double edge_, value_;
};

struct Mean {
    torch::Tensor log_likelihood, gradient;
};

Mean mean_of(const Condition& condition, const Evaluation& at) {
    Mean mean{{}, torch::empty_like(at.denoised)};
    mean.log_likelihood = log_mean_likelihood(condition, at, sigma, {draws, spread, 0}, 1, &mean.gradient);
    return mean;
}

Evaluation somewhere() {
    Evaluation at;
    at.denoised = test::cloud(30, 2, 0.3);
    at.random = {5};
    return at;
}

/// The same draws one by one, those right of `edge` left out of the mean; `counts_zero` keeps them as zeros.
Mean by_hand(const Evaluation& at, double edge, bool counts_zero) {
    const int64_t n = at.denoised.size(0);
    torch::Tensor total = torch::zeros({n}, torch::kFloat64), count = torch::zeros_like(total);
    torch::Tensor slope = torch::zeros_like(at.denoised);
    for (int64_t s = 0; s < draws; ++s) {
        torch::Tensor x0 = torch::empty_like(at.denoised);
        at.random.fill_normals(x0, kernels::Purpose::Move, s);
        x0 = at.denoised + x0 * std::sqrt(denoised_variance(sigma, spread));
        const torch::Tensor whole = (x0.select(1, 0) <= edge).to(torch::kFloat64);
        const torch::Tensor p = whole * (x0.square().sum(1) * -0.5).exp();
        total += p;
        count += counts_zero ? torch::ones_like(whole) : whole;
        slope -= x0 * p.unsqueeze(1);
    }
    return {(total / count).log(), slope / total.unsqueeze(1)};
}

TEST(Draws, ThatAreNotNumbersAreLeftOutOfTheMean) {
    const Evaluation at = somewhere();
    for (const double value : {static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
        const Mean got = mean_of(Broken(0.4, value), at);
        const Mean expected = by_hand(at, 0.4, false);
        EXPECT_LT(test::largest(got.log_likelihood, expected.log_likelihood), 1e-12);
        EXPECT_LT(test::largest(got.gradient, expected.gradient), 1e-12);
    }
}

TEST(Draws, WithoutAnyLikelihoodCount) {
    const Evaluation at = somewhere();
    const Mean got = mean_of(Broken(0.4, -INFINITY), at);
    const Mean expected = by_hand(at, 0.4, true);
    EXPECT_LT(test::largest(got.log_likelihood, expected.log_likelihood), 1e-12);
    EXPECT_LT(test::largest(got.gradient, expected.gradient), 1e-12);
}

TEST(Draws, OfWhichNoneIsANumberSaySo) {
    const Mean got = mean_of(Broken(-1e9, NAN), somewhere());
    EXPECT_TRUE(got.log_likelihood.isnan().all().item<bool>());
    EXPECT_EQ(got.gradient.abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace drift
