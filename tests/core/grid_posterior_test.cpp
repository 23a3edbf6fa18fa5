#include "core/grid_posterior.h"

#include "core/posterior_draws.h"
#include "core/threads.h"
#include "support/training.h"

#include <torch/types.h>  // nested lists in torch::tensor

namespace drift {
namespace {

/// r(z) = exp(g(z)) on noise of some dimensions, whatever the map.
class Given final : public Condition {
public:
    using Function = std::function<torch::Tensor(const torch::Tensor&)>;
    explicit Given(Function function) : function_(std::move(function)) {}
    torch::Tensor log_likelihood(const torch::Tensor& z) const override { return function_(z.to(torch::kFloat64)); }
    torch::Tensor gradient(const torch::Tensor& z) const override { return torch::zeros_like(z); }

private:
    Function function_;
};

std::shared_ptr<const GridPosterior> grid_of(int64_t dimension, Given::Function log_r) {
    Problem problem = test::noise_task(test::measured_map("square", dimension, "outsourced", 2, 0.5)).problem;
    problem.condition = std::make_shared<const Given>(std::move(log_r));
    return GridPosterior::of(problem, torch::kFloat64);
}

/// A mean within four standard errors.
void expect_mean(const torch::Tensor& values, double expected, const char* what) {
    const double error = values.std().item<double>() / std::sqrt(static_cast<double>(values.numel()));
    EXPECT_NEAR(values.mean().item<double>(), expected, 4 * error) << what;
}

constexpr int64_t n = 40'000;

// y = z1 + z2 / 2 with noise .2 seen at 1: an ellipse that lies across the cells, much narrower one way.
TEST(GridPosterior, DrawsHaveTheMomentsOfAGaussian) {
    const GaussianMixture prior{torch::ones({1}, torch::kFloat64), torch::zeros({1, 2}, torch::kFloat64),
                                torch::ones({1}, torch::kFloat64), CovarianceKind::Scalar};
    const torch::Tensor a = torch::tensor({{1.0, 0.5}}, torch::kFloat64);
    const LinearGaussian measured{dense_operator(a), torch::tensor({1.0}, torch::kFloat64), 0.2};
    const MixturePosterior exact = exact_posterior(prior, measured);
    const auto grid = grid_of(2, [a](const torch::Tensor& z) {
        return ((z.matmul(a.t()) - 1).square() / (-2 * 0.04)).select(1, 0) -
               0.5 * std::log(2 * std::numbers::pi * 0.04);
    });
    ASSERT_TRUE(grid);
    ASSERT_TRUE(grid->log_z());
    EXPECT_NEAR(*grid->log_z(), exact.log_z, 1e-6);
    const torch::Tensor z = grid->sample(n, Random{3}, kernels::Purpose::Metric);
    const torch::Tensor mean = exact.posterior.means[0];
    const torch::Tensor covariance = exact.posterior.full_covariances()[0];
    for (int64_t i = 0; i < 2; ++i) {
        const torch::Tensor apart = z.select(1, i) - mean[i];
        expect_mean(apart, 0, "mean");
        expect_mean(apart.square(), covariance[i][i].item<double>(), "variance");
    }
    expect_mean((z.select(1, 0) - mean[0]) * (z.select(1, 1) - mean[1]), covariance[0][1].item<double>(), "covariance");
    // The narrow direction, .19 wide: rounding places to cells of .03 would add a variance of 8e-5 to .038.
    expect_mean((z.matmul(a.t()) - mean.dot(a[0])).square(), a[0].dot(covariance.mv(a[0])).item<double>(), "across");
}

TEST(GridPosterior, DrawsAreTheSameForAnyNumberOfThreadsAndAsManyAsWanted) {
    const auto grid = test::noise_task(test::measured_map("ring", 2, "outsourced", 2, 0.2)).on_grid;
    ASSERT_TRUE(grid);
    const int before = threads_in_use();
    const torch::Tensor draws = grid->sample(1000, Random{7}, kernels::Purpose::Metric);
    EXPECT_EQ(draws.sizes(), (std::vector<int64_t>{1000, 2}));
    use_threads(1);
    EXPECT_TRUE(draws.equal(grid->sample(1000, Random{7}, kernels::Purpose::Metric)));
    use_threads(before);
    EXPECT_FALSE(draws.equal(grid->sample(1000, Random{8}, kernels::Purpose::Metric)));
}

// trained_samplers.md 6.5. The angle is uniform, the radius is not cut into cells.
TEST(GridPosterior, DrawsOfMapsHaveTheMomentsOfTheTable) {
    const torch::Tensor ring = test::noise_task(test::measured_map("ring", 2, "outsourced", 2, 0.2))
                                   .on_grid->sample(n, Random{5}, kernels::Purpose::Metric);
    const torch::Tensor radius = ring.norm(2, 1);
    expect_mean(radius, 1.943077, "radius");
    expect_mean((radius - 1.943077).square(), 0.195094 * 0.195094, "its variance");
    expect_mean(ring.select(1, 0) / radius, 0, "cosine");
    expect_mean((ring.select(1, 0) / radius).square(), 0.5, "its square");
    const Task square = test::noise_task(test::measured_map("square", 1, "outsourced", 2, 0.5));
    const torch::Tensor z = square.on_grid->sample(n, Random{6}, kernels::Purpose::Metric);
    expect_mean(z.gt(0).to(torch::kFloat64), 0.5, "mass of a mode");
    expect_mean(z.abs(), 1.325183, "modulus");
    const torch::Tensor x = posterior_draws_in_data(square, n, Random{6});
    expect_mean(x.to(torch::kFloat64), 1.797206, "what f makes of them");
}

// A hard edge goes through cells: which side a draw is on is decided where it is.
TEST(GridPosterior, DrawsKeepToTheirSideOfAHardEdge) {
    for (const double a : {1.0, 3.0, 3.011}) {
        const auto grid = grid_of(
            2, [a](const torch::Tensor& z) { return at::where(z.select(1, 0).ge(a), 0.0, -20.0).to(torch::kFloat64); });
        ASSERT_TRUE(grid);
        EXPECT_FALSE(grid->log_z()) << "half the spacing moves the edge";
        const torch::Tensor z = grid->sample(n, Random{9}, kernels::Purpose::Metric).select(1, 0);
        EXPECT_LT(z.lt(a).to(torch::kFloat64).mean().item<double>(), 1e-3) << a;
        const double density = std::exp(-a * a / 2) / std::sqrt(2 * std::numbers::pi);
        const double mean = density / (0.5 * std::erfc(a / std::numbers::sqrt2));
        expect_mean(z, mean, "mean of what is beyond");
        expect_mean((z - mean).square(), 1 + a * mean - mean * mean, "its variance");
    }
}

TEST(GridPosterior, IsNotMadeWhereItWouldMiss) {
    EXPECT_FALSE(grid_of(2, [](const torch::Tensor& z) { return (z - 1).square().sum(1) * -1e7; })) << "too narrow";
    EXPECT_FALSE(
        grid_of(1, [](const torch::Tensor& z) { return torch::full({z.size(0)}, -INFINITY, torch::kFloat64); }));
    EXPECT_FALSE(test::noise_task(test::linear_outsourced("outsourced")).on_grid)
        << "has a closed form, in any dimension";
}

}  // namespace
}  // namespace drift
