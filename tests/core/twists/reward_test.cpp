#include "core/twist.h"

#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

/// log r = -sum x^4 / 8 + sin(x_1 x_2): a reward with a gradient and without a residual.
class Quartic final : public Condition {
public:
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return clean.pow(4).sum(1) / -8 + at::sin(clean.select(1, 0) * clean.select(1, 1));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const torch::Tensor swapped = clean.flip(1);
        return clean.pow(3) / -2 + at::cos(clean.prod(1, true)) * swapped;
    }
};

Problem rewarded() {
    Problem problem = test::task(test::scene_a("dps")).problem;
    problem.condition = std::make_shared<const Quartic>();
    return problem;
}

TEST(RewardTwist, IsTheRewardOfTheDenoisedPrediction) {
    const Problem problem = rewarded();
    const torch::Tensor x = cloud(40, 2, 3);
    for (const double sigma : {0.1, 1.3, 9.0}) {
        const Evaluation out = evaluate(*reward_twist(problem, {}), x, sigma);
        const torch::Tensor denoised = problem.prior->denoise(x, sigma);
        EXPECT_LT(largest(out.denoised, denoised), 1e-12);
        EXPECT_LT(largest(out.log_twist, problem.condition->log_likelihood(denoised)), 1e-12);
    }
}

// T22 and the chain rule: pull = sigma^2 grad log r(D(x)), by central differences.
TEST(RewardTwist, PullsAlongTheGradientOfItsLogarithm) {
    const Problem problem = rewarded();
    const torch::Tensor x = cloud(40, 2, 3);
    const double h = 1e-5;
    for (const auto& [form, sigma] : std::vector<std::pair<PullForm, double>>{
             {PullForm::Score, 0.3}, {PullForm::Score, 1.7}, {PullForm::Residual, 1.7}}) {
        const auto twist = reward_twist(problem, {ErrorModel::Point, form, 0});
        const torch::Tensor pull = evaluate(*twist, x, sigma).pull;
        const double scale = form == PullForm::Score ? sigma * sigma : 1.0;
        EXPECT_GT(pull.abs().max().item<double>(), 1e-2);
        for (int64_t c = 0; c < 2; ++c) {
            torch::Tensor step = torch::zeros_like(x);
            step.select(1, c) = h;
            const torch::Tensor slope =
                (evaluate(*twist, x + step, sigma).log_twist - evaluate(*twist, x - step, sigma).log_twist) / (2 * h);
            EXPECT_LT(largest(pull.select(1, c), scale * slope), 1e-5 * (1 + pull.abs().max().item<double>()));
        }
    }
}

TEST(RewardTwist, OfALinearMeasurementIsTheLinearTwist) {
    const Problem problem = test::task(test::scene_a("dps")).problem;
    const torch::Tensor x = cloud(40, 2, 3);
    for (const PullForm form : {PullForm::Score, PullForm::Residual}) {
        const TwistOptions options{ErrorModel::Point, form, 0};
        const Evaluation reward = evaluate(*reward_twist(problem, options), x, 0.8);
        const Evaluation linear = evaluate(*linear_twist(problem, options), x, 0.8);
        EXPECT_LT(largest(reward.log_twist, linear.log_twist), 1e-9);
        const double noise_squared = problem.condition->linear()->noise * problem.condition->linear()->noise;
        const double unit = form == PullForm::Score ? 1 : noise_squared;  // a residual is not divided by the variance
        EXPECT_LT(largest(reward.pull * unit, linear.pull), 1e-9 * (1 + linear.pull.abs().max().item<double>()));
    }
}

TEST(RewardTwist, IsWhatAConditionWithoutAResidualGets) {
    const Problem problem = rewarded();
    const torch::Tensor x = cloud(5, 2, 3);
    const Evaluation made = evaluate(*make_twist(problem, {}), x, 0.8);
    EXPECT_TRUE(torch::equal(made.pull, evaluate(*reward_twist(problem, {}), x, 0.8).pull));
    for (const ErrorModel model : {ErrorModel::Pigdm, ErrorModel::Tweedie}) {
        EXPECT_THROW(make_twist(problem, {model, PullForm::Score, 0}), UserError);
    }
    EXPECT_THROW(make_twist(problem, {ErrorModel::Point, PullForm::UnitResidual, 0}), UserError);
}

// A measurement with outliers is linear as well: what is missing has to be said.
TEST(RewardTwist, SaysWhatErrorModelsNeedAndWhatIsAccepted) {
    Scenario scenario = test::scene_a("pigdm");
    scenario.condition.params.set("observation", test::vector({2}));  // as counts may be
    for (const char* noise : {"student_t", "laplace", "poisson"}) {
        scenario.condition.params.set("noise_model", std::string(noise));
        try {
            const drift::Run run(scenario);
            ADD_FAILURE() << noise << " was accepted";
        } catch (const UserError& error) {
            const std::string sentence = error.what();
            EXPECT_NE(sentence.find("Gaussian noise"), std::string::npos) << sentence;
            EXPECT_NE(sentence.find("monte_carlo"), std::string::npos) << sentence;
        }
    }
}

}  // namespace
}  // namespace drift
