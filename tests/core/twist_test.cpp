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

// A step with everything that it fills, and the sums of the weights that follow.
struct Weighed {
    explicit Weighed(const torch::Tensor& x) : log_weights(torch::empty({x.size(0)}, torch::kFloat64)) {
        const int64_t n = x.size(0);
        sums = torch::empty({kernels::weight_scratch_size(n)}, torch::kFloat64);
        move.c = 0.6;
        move.tau = 0.3;
        move.shift_scale = 1.2;
        move.noise = {5, kernels::Purpose::Proposal, 3};
        move.x = x;
        move.denoised = 0.5 * x;
        move.pull = 0.1 * x;
        move.next = torch::empty_like(x);
        move.log_ratio = torch::empty({n}, torch::kFloat64);
        move.not_finite = torch::zeros({1}, torch::kInt32);
        out.denoised = torch::empty_like(x);
        out.pull = torch::empty_like(x);
        out.log_twist = torch::empty({n}, torch::kFloat64);
        before = cloud(n, 1, 1).flatten();
        weighing.update = {before.const_data_ptr<double>(), out.log_twist.const_data_ptr<double>(), nullptr,
                           move.log_ratio.const_data_ptr<double>()};
        weighing.log_weights = log_weights.data_ptr<double>();
        weighing.scratch = sums.data_ptr<double>();
    }

    ReverseMove move;
    Evaluation out;
    torch::Tensor before, log_weights, sums;
    kernels::Weighing weighing;
};

// Many particles are weighed tile by tile right after their step, few in a pass of their own.
TEST(Twist, WeighsAlongTheWayAsItDoesAfterwards) {
    const Task task = test::task(test::scene_a("tds"));
    const auto twist = mixture_twist(task.problem, {ErrorModel::Tweedie, PullForm::Score, 0});
    for (const auto type : {torch::kFloat64, torch::kFloat32}) {
        for (const int64_t n : {300, 20011}) {
            const torch::Tensor x = cloud(n, 2, 4).to(type);
            Weighed along(x);
            Weighed after(x);
            ASSERT_TRUE(twist->step_evaluate_and_weigh(along.move, 0.7, along.out, along.weighing));
            twist->step_and_evaluate(after.move, 0.7, after.out);
            kernels::sum_up_weights({}, n, after.weighing);
            EXPECT_LT(largest(along.move.next, after.move.next), type == torch::kFloat64 ? 1e-13 : 1e-5);
            EXPECT_LT(largest(along.log_weights, after.log_weights), type == torch::kFloat64 ? 1e-9 : 1e-2);
            EXPECT_GT(after.log_weights.std().item<double>(), 1);
            const kernels::WeightSummary one = kernels::joined_sums({}, n, along.weighing);
            const kernels::WeightSummary other = kernels::joined_sums({}, n, after.weighing);
            EXPECT_NEAR(one.log_sum, other.log_sum, type == torch::kFloat64 ? 1e-10 : 1e-3);
            EXPECT_NEAR(one.ess / other.ess, 1, type == torch::kFloat64 ? 1e-10 : 1e-3);
            EXPECT_NEAR(one.conditional_ess / other.conditional_ess, 1, type == torch::kFloat64 ? 1e-10 : 1e-3);
            EXPECT_EQ(one.positive, other.positive);
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
    // Twenty values are too many for an exact solve: what remains has a pull but no density.
    EXPECT_FALSE(make_twist(task.problem, {ErrorModel::Tweedie, PullForm::Score, 0})->has_density());
    EXPECT_THROW(make_twist(task.problem, {ErrorModel::Tweedie, PullForm::UnitResidual, 0}), UserError);
    EXPECT_NO_THROW(make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0}));
    many.sampler.params.set("twist", std::string("tweedie"));
    EXPECT_THROW(make<Sampler>(many.sampler, task), UserError);
}

}  // namespace
}  // namespace drift
