#include "core/twist.h"

#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

// T8: for one component the covariance-corrected twists are the exact p(y | x_sigma); the point twist is not.
TEST(Twist, IsExactForOneComponentWhenTheCovarianceIs) {
    const Task task = test::task(test::t9_scenario("tds"));
    const torch::Tensor x = cloud(50, 2, 2);
    for (const double sigma : {0.05, 0.6, 8.0}) {
        const torch::Tensor exact =
            exact_log_twist(*task.problem.prior->mixture(), *task.problem.condition->linear(), x, sigma);
        const auto log_twist = [&](ErrorModel model) {
            return evaluate(*make_twist(task.problem, {model, PullForm::Score, 0.7}), x, sigma).log_twist;
        };
        EXPECT_LT(largest(log_twist(ErrorModel::Tweedie), exact), 1e-10) << sigma;
        EXPECT_LT(largest(log_twist(ErrorModel::Pigdm), exact), 1e-10) << sigma;
        EXPECT_GT(largest(log_twist(ErrorModel::Point), exact), 1e-3) << sigma;
    }
}

// The general path (one forward, one backward) and the fused one are the same formulas.
TEST(Twist, IsTheSameOnTheGeneralAndTheFusedPath) {
    const Task task = test::task(test::scene_a("tds"));
    const torch::Tensor x = cloud(64, 2, 4);
    for (const ErrorModel model : {ErrorModel::Point, ErrorModel::Pigdm}) {
        const TwistOptions options{model, PullForm::Score, 5.0};
        for (const double sigma : {0.05, 1.0, 15.0}) {
            const Evaluation fused = evaluate(*mixture_twist(task.problem, options), x, sigma);
            const Evaluation general = evaluate(*linear_twist(task.problem, options), x, sigma);
            EXPECT_LT(largest(fused.denoised, general.denoised), 1e-10);
            EXPECT_LT(largest(fused.log_twist, general.log_twist) / general.log_twist.abs().max().item<double>(),
                      1e-11);
            EXPECT_LT(largest(fused.pull, general.pull), 1e-8 * (1 + general.pull.abs().max().item<double>()));
        }
    }
}

// Point and PiGDM: pull = sigma^2 grad log psi, by central differences.
TEST(Twist, PullsAlongTheGradientOfItsLogarithm) {
    const Task task = test::task(test::scene_a("tds"));
    const double sigma = 1.3;
    const double h = 1e-6;
    for (const ErrorModel model : {ErrorModel::Point, ErrorModel::Pigdm}) {
        const auto twist = make_twist(task.problem, {model, PullForm::Score, 0});
        const torch::Tensor x = cloud(20, 2, 3);
        const torch::Tensor pull = evaluate(*twist, x, sigma).pull;
        for (int64_t c = 0; c < 2; ++c) {
            torch::Tensor step = torch::zeros_like(x);
            step.select(1, c) = h;
            const torch::Tensor slope =
                (evaluate(*twist, x + step, sigma).log_twist - evaluate(*twist, x - step, sigma).log_twist) / (2 * h);
            EXPECT_LT(largest(pull.select(1, c), sigma * sigma * slope), 1e-5 * (1 + pull.abs().max().item<double>()));
        }
    }
}

// The norm form divides by each particle's own residual: the others in the batch do not matter (T25 in small).
TEST(Twist, TakesTheNormOfEachParticleAlone) {
    const Task task = test::task(test::scene_a("dps"));
    const auto twist = make_twist(task.problem, {ErrorModel::Point, PullForm::UnitResidual, 0});
    const torch::Tensor x = cloud(8, 2, 3);
    const torch::Tensor together = evaluate(*twist, x, 1.0).pull;
    for (int64_t i = 0; i < 8; ++i) {
        const torch::Tensor alone = evaluate(*twist, x.slice(0, i, i + 1), 1.0).pull;
        EXPECT_TRUE(torch::equal(alone[0], together[i]));
    }
}

TEST(Twist, SaysWhyItCannotBeMade) {
    Scenario many = test::scene_a("tds");
    many.prior = default_choice(Kind::Prior, "gaussian");
    many.prior.params.set("mean", test::vector(std::vector<double>(20, 0.0)));
    Array identity{{20, 20}, std::vector<double>(400, 0.0)};
    for (size_t i = 0; i < 20; ++i) {
        identity.data[i * 21] = 1;
    }
    many.condition.params.set("matrix", identity);
    many.condition.params.set("observation", test::vector(std::vector<double>(20, 0.0)));
    const Task task = test::task(many);
    // Twenty values are too many for the closed form: what remains has a pull but no density.
    EXPECT_FALSE(make_twist(task.problem, {ErrorModel::Tweedie, PullForm::Score, 0})->has_density());
    EXPECT_THROW(make_twist(task.problem, {ErrorModel::Tweedie, PullForm::UnitResidual, 0}), UserError);
    EXPECT_NO_THROW(make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0}));
    many.sampler.params.set("twist", std::string("tweedie"));
    EXPECT_THROW(make<Sampler>(many.sampler, task), UserError);
}

// Conjugate gradients are done after as many steps as there are measured values.
TEST(Twist, SolvesForTheTweedieCovarianceByItsProducts) {
    Scenario scenario = test::scene_a("tmpd");
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0.4, -0.3, 1.2}});
    scenario.condition.params.set("observation", test::vector({-1, 0.7}));
    const Task task = test::task(scenario);
    const torch::Tensor x = cloud(64, 2, 4);
    TwistOptions options{ErrorModel::Tweedie, PullForm::Score, 0, 2};
    for (const double sigma : {0.1, 1.0, 15.0}) {
        const Evaluation closed = evaluate(*mixture_twist(task.problem, options), x, sigma);
        const Evaluation solved = evaluate(*tweedie_twist(task.problem, options), x, sigma);
        EXPECT_LT(largest(closed.denoised, solved.denoised), 1e-10);
        EXPECT_LT(largest(closed.pull, solved.pull), 1e-7 * (1 + closed.pull.abs().max().item<double>())) << sigma;
    }
    EXPECT_FALSE(tweedie_twist(task.problem, options)->has_density());
}

}  // namespace
}  // namespace drift
