#include "support/gradient_free.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::exact_pull;
using test::largest;
using test::seen_with_noise;

constexpr double sigma = test::estimate_sigma;

// For a quadratic log p(y | x) with gradient g every query gives u u^T g, of mean g and variances |g|^2 + g_i^2: the
// pull is that of DPS within this standard error, which falls with the root of their number.
TEST(SmoothedTwist, EstimatesThePullOfDps) {
    const Problem problem = seen_with_noise();
    const int64_t n = 400;
    const torch::Tensor x = cloud(n, 2, 2);
    const torch::Tensor exact = exact_pull(problem, x);
    for (const int64_t queries : {16, 256}) {
        SmoothedOptions options;
        options.queries = queries;
        const torch::Tensor pull = evaluate(*smoothed_twist(test::black_box(problem), options), x, sigma).pull;
        const torch::Tensor variances = (exact.square().sum(1, true) + exact.square()) / static_cast<double>(queries);
        const torch::Tensor apart = (pull - exact) / variances.sqrt();
        // Both coordinates of a particle go together at worst, so n particles count.
        EXPECT_LT(apart.mean().abs().item<double>(), 4 / std::sqrt(static_cast<double>(n))) << queries;
        EXPECT_NEAR(apart.square().mean().item<double>(), 1, 4 * std::sqrt(2.0 / static_cast<double>(n))) << queries;
    }
}

// Central differences of a quadratic are exact: with the same directions the distance does not matter.
TEST(SmoothedTwist, DoesNotDependOnTheDistanceForAQuadratic) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = cloud(50, 2, 2);
    SmoothedOptions near, far;
    near.distance = 1e-3;
    far.distance = 5;
    const torch::Tensor pull = evaluate(*smoothed_twist(problem, near), x, sigma).pull;
    EXPECT_LT(largest(pull, evaluate(*smoothed_twist(problem, far), x, sigma).pull),
              1e-9 * (1 + pull.abs().max().item<double>()));
}

TEST(SmoothedTwist, SkipsTheJacobianExactlyForAGaussianPrior) {
    test::expect_exact_without_jacobian(smoothed_twist, SmoothedOptions{});
}

// T25, and the numbers of a state are its own.
TEST(SmoothedTwist, DrawsForEachParticleAndStateAlone) {
    const Problem problem = test::black_box(test::task(test::scene_a("dps")).problem);
    const auto twist = smoothed_twist(problem, {});
    const torch::Tensor x = cloud(6, 2, 3);
    const Evaluation all = evaluate(*twist, x, sigma);
    const Evaluation first = evaluate(*twist, x.slice(0, 0, 1), sigma);
    EXPECT_TRUE(torch::equal(first.pull[0], all.pull[0]));
    Evaluation later = evaluate(*twist, x, sigma);
    later.step = 1;
    twist->evaluate(x, sigma, later);
    EXPECT_GT(largest(later.pull, all.pull), 1e-3);
    EXPECT_TRUE(torch::equal(later.denoised, all.denoised));
    EXPECT_LT(largest(all.log_twist, problem.condition->log_likelihood(all.denoised)), 1e-12);
}

// T24: the queries of so many particles come two at a time, those of a few in one tile.
TEST(SmoothedTwist, GivesTheSameForTilesOfAnySize) {
    const Problem problem = test::black_box(test::task(test::scene_a("dps")).problem);
    const auto twist = smoothed_twist(problem, {});
    const torch::Tensor x = cloud(200'000, 2, 3);  // 1 << 20 numbers are a tile
    const torch::Tensor few = evaluate(*twist, x.slice(0, 0, 50), sigma).pull;
    const torch::Tensor many = evaluate(*twist, x, sigma).pull.slice(0, 0, 50);
    EXPECT_LT(largest(few, many), 1e-12 * (1 + few.abs().max().item<double>())) << "sums in another order";
}

/// No value left of zero.
class Cliff final : public Condition {
public:
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor first = clean.select(1, 0);
        return at::where(first > 0, first, torch::full_like(first, -INFINITY)).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor&) const override { throw std::logic_error("it has none"); }
};

TEST(SmoothedTwist, StaysFiniteWhereThereIsNoValue) {
    Problem problem = seen_with_noise();
    problem.condition = std::make_shared<const Cliff>();
    const torch::Tensor x = cloud(200, 2, 1);
    SmoothedOptions options;
    options.distance = 0.5;
    const torch::Tensor pull = evaluate(*smoothed_twist(problem, options), x, sigma).pull;
    EXPECT_TRUE(pull.isfinite().all().item<bool>());
    EXPECT_GT(pull.abs().max().item<double>(), 0);
}

TEST(SmoothedTwist, HasNoPullWithoutACondition) {
    EXPECT_FALSE(smoothed_twist(test::task(test::scenario("gaussian", "none", "dps")).problem, {})->has_pull());
    EXPECT_FALSE(smoothed_twist(seen_with_noise(), {})->has_density());
}

}  // namespace
}  // namespace drift
