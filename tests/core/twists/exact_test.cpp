#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

Problem scene_a() {
    return test::task(test::scene_a("tds")).problem;
}

// O3 of guidance.md 6.1.
TEST(ExactTwist, IsTheLikelihoodOfANoisyState) {
    const Problem problem = scene_a();
    const torch::Tensor x = cloud(100, 2, 4);
    for (const double sigma : {0.02, 0.3, 2.0, 20.0}) {
        const Evaluation out = evaluate(*exact_twist(problem), x, sigma);
        const torch::Tensor exact = exact_log_twist(*problem.prior->mixture(), *problem.condition->linear(), x, sigma);
        EXPECT_LT(largest(out.log_twist, exact) / (1 + exact.abs().max().item<double>()), 1e-10) << sigma;
        EXPECT_LT(largest(out.denoised, problem.prior->denoise(x, sigma)), 1e-12);
    }
}

TEST(ExactTwist, PullsAlongItsGradient) {
    const Problem problem = scene_a();
    const LinearGaussian& measurement = *problem.condition->linear();
    const torch::Tensor x = cloud(40, 2, 4);
    const double h = 1e-5;
    for (const double sigma : {0.3, 2.0, 20.0}) {
        const torch::Tensor pull = evaluate(*exact_twist(problem), x, sigma).pull;
        EXPECT_GT(pull.abs().max().item<double>(), 0.1);
        for (int64_t c = 0; c < 2; ++c) {
            torch::Tensor step = torch::zeros_like(x);
            step.select(1, c) = h;
            const auto log_twist = [&](const torch::Tensor& at) {
                return exact_log_twist(*problem.prior->mixture(), measurement, at, sigma);
            };
            const torch::Tensor slope = (log_twist(x + step) - log_twist(x - step)) / (2 * h);
            EXPECT_LT(largest(pull.select(1, c), sigma * sigma * slope), 1e-5 * (1 + pull.abs().max().item<double>()))
                << sigma;
        }
    }
}

TEST(ExactTwist, IsRefusedWhereThereIsNoClosedForm) {
    Problem problem = scene_a();
    problem.exact = nullptr;
    EXPECT_THROW(exact_twist(problem), UserError);
}

// guidance.md 1.8: for a linear measurement the mean over many draws is the PiGDM twist.
TEST(MonteCarloTwist, ApproachesPigdmAsTheDrawsGrow) {
    Scenario scenario = test::scene_a("tds");
    scenario.condition.params.set("noise", 2.0);
    const Problem problem = test::task(scenario).problem;
    const torch::Tensor x = cloud(30, 2, 3);
    const double sigma = 1.0;
    const Evaluation pigdm = evaluate(*make_twist(problem, {ErrorModel::Pigdm, PullForm::Score, 1.5}), x, sigma);
    const auto error = [&](int64_t draws) {
        double squares = 0;
        for (uint64_t seed = 1; seed <= 20; ++seed) {
            const Evaluation drawn = evaluate(*monte_carlo_twist(problem, draws, 1.5), x, sigma, {seed});
            squares += (drawn.log_twist - pigdm.log_twist).exp().sub(1).square().mean().item<double>() / 20;
        }
        return std::sqrt(squares);
    };
    const double few = error(10);
    const double many = error(1000);
    EXPECT_LT(many, 0.05);
    EXPECT_NEAR(few / many, 10, 3);
    const Evaluation drawn = evaluate(*monte_carlo_twist(problem, 1000, 1.5), x, sigma);
    EXPECT_LT(largest(drawn.pull, pigdm.pull), 0.15 * pigdm.pull.abs().max().item<double>());
}

// With the draws as they are, pull is exactly the gradient.
TEST(MonteCarloTwist, PullsAlongTheGradientOfItsLogarithm) {
    const Problem problem = scene_a();
    const auto twist = monte_carlo_twist(problem, 5, 0);
    const torch::Tensor x = cloud(20, 2, 3);
    const double sigma = 1.3;
    const double h = 1e-6;
    const torch::Tensor pull = evaluate(*twist, x, sigma).pull;
    for (int64_t c = 0; c < 2; ++c) {
        torch::Tensor step = torch::zeros_like(x);
        step.select(1, c) = h;
        const torch::Tensor slope =
            (evaluate(*twist, x + step, sigma).log_twist - evaluate(*twist, x - step, sigma).log_twist) / (2 * h);
        EXPECT_LT(largest(pull.select(1, c), sigma * sigma * slope), 1e-5 * (1 + pull.abs().max().item<double>()));
    }
}

TEST(PairedTwist, TakesPullFromOneAndPsiFromTheOther) {
    const Problem problem = scene_a();
    const torch::Tensor x = cloud(50, 2, 3);
    const auto point = make_twist(problem, {ErrorModel::Point, PullForm::Score, 0});
    const auto tweedie = make_twist(problem, {ErrorModel::Tweedie, PullForm::Score, 0});
    const std::vector<std::shared_ptr<const Twist>> twists{
        point,
        tweedie,
        exact_twist(problem),
        linear_twist(problem, {ErrorModel::Pigdm, PullForm::Score, 2}),
        monte_carlo_twist(problem, 4, 2),
        reward_twist(problem, {})};
    for (const auto& pull : twists) {
        for (const auto& psi : twists) {
            const Evaluation both = evaluate(*paired_twist(problem, pull, psi), x, 0.8);
            EXPECT_TRUE(torch::equal(both.pull, evaluate(*pull, x, 0.8).pull));
            EXPECT_TRUE(torch::equal(both.log_twist, evaluate(*psi, x, 0.8).log_twist));
            EXPECT_LT(largest(both.denoised, problem.prior->denoise(x, 0.8)), 1e-12);
        }
        Evaluation alone{torch::empty_like(x), {}, torch::empty({50}, torch::kFloat64), {}};
        const auto without_pull = paired_twist(problem, nullptr, pull);
        EXPECT_FALSE(without_pull->has_pull());
        alone.random = {1};
        without_pull->evaluate(x, 0.8, alone);
        EXPECT_TRUE(torch::equal(alone.log_twist, evaluate(*pull, x, 0.8).log_twist));
        const Evaluation unweighted = evaluate(*paired_twist(problem, pull, nullptr), x, 0.8);
        EXPECT_TRUE(torch::equal(unweighted.pull, evaluate(*pull, x, 0.8).pull));
        EXPECT_EQ(unweighted.log_twist.abs().max().item<double>(), 0);
    }
    EXPECT_EQ(paired_twist(problem, point, point), point);
}

}  // namespace
}  // namespace drift
