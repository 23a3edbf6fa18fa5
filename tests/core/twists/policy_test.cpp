#include "support/gradient_free.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;
using test::seen_with_noise;

constexpr double sigma = test::estimate_sigma;

/// Means over particles that all lie in one place, in standard errors from `exact` [d].
torch::Tensor errors(const torch::Tensor& pull, const torch::Tensor& exact) {
    const double root = std::sqrt(static_cast<double>(pull.size(0)));
    return (pull.mean(0) - exact).abs() / (pull.std(0) / root);
}

torch::Tensor in_one_place(int64_t n) {
    return torch::tensor({0.9, -0.4}, torch::kFloat64).repeat({n, 1});
}

// E exp(log p(y | D + r u)) = N(y; A D, sigma_y^2 I + r^2 A A^T): at temperature 1 this is the pull of PiGDM.
TEST(PolicyTwist, EstimatesThePullOfPigdm) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = in_one_place(200);
    PolicyGradientOptions options;
    options.samples = 4000;
    const torch::Tensor pull = evaluate(*policy_twist(test::black_box(problem), options), x, sigma).pull;
    const auto pigdm = linear_twist(problem, {ErrorModel::Pigdm, PullForm::Score, problem.prior->data_variance()});
    EXPECT_LT(errors(pull, evaluate(*pigdm, x, sigma).pull[0]).max().item<double>(), 4);
}

// With a large temperature the rewards are linear in log p(y | x), whose smoothed gradient is that of DPS for a
// quadratic. The baseline of the others leaves the estimate unbiased with as few as two samples.
TEST(PolicyTwist, IsUnbiasedForThePullOfDpsAtALargeTemperature) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = in_one_place(20000);
    const torch::Tensor exact = test::exact_pull(problem, x.slice(0, 0, 1))[0];
    for (const int64_t samples : {2, 5}) {
        PolicyGradientOptions options;
        options.samples = samples;
        options.temperature = 1e7;
        const torch::Tensor pull = evaluate(*policy_twist(problem, options), x, sigma).pull;
        EXPECT_LT(errors(pull, exact).max().item<double>(), 4) << samples;
        EXPECT_LT((pull.mean(0) - exact).norm().item<double>(), 0.1 * exact.norm().item<double>()) << samples;
    }
}

torch::Tensor cosines(const torch::Tensor& a, const torch::Tensor& b) {
    return (a * b).sum(1) / (a.norm(2, 1) * b.norm(2, 1));
}

TEST(PolicyTwist, PullsTheRightWayWithAnyReachAndTemperature) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = cloud(200, 2, 2);
    const torch::Tensor exact = test::exact_pull(problem, x);
    for (const bool reach_by_loss : {false, true}) {
        for (const double temperature : {0.0, 1.0, 50.0}) {
            PolicyGradientOptions options;
            options.reach_by_loss = reach_by_loss;
            options.temperature = temperature;
            const torch::Tensor pull = evaluate(*policy_twist(problem, options), x, sigma).pull;
            ASSERT_TRUE(pull.isfinite().all().item<bool>());
            EXPECT_GT(cosines(pull, exact).mean().item<double>(), 0.7) << reach_by_loss << " " << temperature;
        }
    }
}

TEST(PolicyTwist, HasUnitLengthWhereItIsWanted) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = cloud(50, 2, 2);
    PolicyGradientOptions options;
    const torch::Tensor whole = evaluate(*policy_twist(problem, options), x, sigma).pull;
    options.unit_length = true;
    const torch::Tensor unit = evaluate(*policy_twist(problem, options), x, sigma).pull;
    EXPECT_LT(largest(unit.norm(2, 1), torch::full({50}, sigma * sigma, torch::kFloat64)), 1e-12);
    EXPECT_LT(largest(cosines(unit, whole), torch::ones({50}, torch::kFloat64)), 1e-12);
}

TEST(PolicyTwist, SkipsTheJacobianExactlyForAGaussianPrior) {
    test::expect_exact_without_jacobian(policy_twist, PolicyGradientOptions{});
}

/// Values far below what exp can hold, and none at all left of zero.
class Abyss final : public Condition {
public:
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor first = clean.select(1, 0);
        return at::where(first > 0, 1e5 * (first - 10), torch::full_like(first, -INFINITY)).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor&) const override { throw std::logic_error("it has none"); }
};

TEST(PolicyTwist, StaysFiniteWhereRewardsVanish) {
    Problem problem = seen_with_noise();
    problem.condition = std::make_shared<const Abyss>();
    const torch::Tensor x = cloud(200, 2, 4);
    PolicyGradientOptions options;
    options.samples = 8;
    const torch::Tensor pull = evaluate(*policy_twist(problem, options), x, sigma).pull;
    EXPECT_TRUE(pull.isfinite().all().item<bool>());
    EXPECT_GT(pull.select(1, 0).mean().item<double>(), 0);
}

TEST(PolicyTwist, DoesNotPullWhereNoSampleHasAReward) {
    Problem problem = seen_with_noise();
    problem.condition = std::make_shared<const Abyss>();
    const torch::Tensor x = cloud(20, 2, 1) - 100;
    for (const auto type : {torch::kFloat32, torch::kFloat64}) {
        for (const bool unit_length : {false, true}) {
            PolicyGradientOptions options;
            options.samples = 8;
            options.unit_length = unit_length;
            const torch::Tensor pull = evaluate(*policy_twist(problem, options), x.to(type), sigma).pull;
            EXPECT_EQ(pull.abs().max().item<double>(), 0) << unit_length;
        }
    }
}

TEST(PolicyTwist, SaysWhatGoesByTheLossOfAMeasurement) {
    const Problem problem = test::black_box(seen_with_noise());
    PolicyGradientOptions by_loss;
    by_loss.reach_by_loss = true;
    EXPECT_THROW(policy_twist(problem, by_loss), UserError);
    PolicyGradientOptions automatic;
    automatic.temperature = 0;
    try {
        policy_twist(problem, automatic);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("'sampler.temperature' is auto"), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(policy_twist(problem, {}));
    EXPECT_FALSE(policy_twist(problem, {})->has_density());
}

}  // namespace
}  // namespace drift
