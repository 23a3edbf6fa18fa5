#include "core/density.h"
#include "support/problems.h"

namespace drift {
namespace {

std::shared_ptr<const Prior> wells(int64_t dimension) {
    Scenario scenario = test::scenario("many_well", "none", "mala");
    scenario.prior.params.set("dimension", dimension);
    return test::task(scenario).problem.prior;
}

torch::Tensor draws(const Prior& prior, int64_t count) {
    torch::Tensor x = torch::empty({count, prior.sample_shape()[0]}, torch::kFloat64);
    density_of(prior)->sample(x, Random{3});
    return x;
}

TEST(ManyWell, DrawsFromItsDensity) {
    const auto prior = wells(4);
    const torch::Tensor x = draws(*prior, 100'000);
    // E[grad log rho] = 0 and E[x grad log rho] = -1 for any density that vanishes at infinity
    const torch::Tensor slope = density_of(*prior)->gradient(x);
    EXPECT_LT(slope.mean(0).abs().max().item<double>(), 5 * 5 / std::sqrt(1e5));
    EXPECT_LT(((x * slope).mean(0) + 1).abs().max().item<double>(), 5 * 10 / std::sqrt(1e5));
    EXPECT_NEAR(x.var(0).mean().item<double>(), prior->data_variance(), 0.02);
}

TEST(ManyWell, KnowsItsGradientAndItsScore) {
    const auto prior = wells(4);
    const torch::Tensor x = draws(*prior, 20);
    const torch::Tensor direction = torch::ones_like(x);
    constexpr double h = 1e-5;
    const torch::Tensor slope =
        (density_of(*prior)->log_density(x + direction * h) - density_of(*prior)->log_density(x - direction * h)) /
        (2 * h);
    EXPECT_LT((slope - density_of(*prior)->gradient(x).sum(1)).abs().max().item<double>(), 1e-5);
    const double sigma = 0.02;  // little noise: the score is nearly that of the density
    const torch::Tensor score = (prior->denoise(x, sigma) - x) / (sigma * sigma);
    EXPECT_LT((score - density_of(*prior)->gradient(x)).abs().max().item<double>(), 1);
    const Linearised at_x = prior->linearise(x, 0.7);
    const torch::Tensor moved =
        (prior->denoise(x + direction * h, 0.7) - prior->denoise(x - direction * h, 0.7)) / (2 * h);
    EXPECT_LT((moved - at_x.pullback(direction)).abs().max().item<double>(), 1e-5);
}

TEST(ManyWell, TakesPairsAlone) {
    EXPECT_THROW(wells(3), UserError);
}

}  // namespace
}  // namespace drift
