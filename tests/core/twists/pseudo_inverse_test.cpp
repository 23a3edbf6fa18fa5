#include "core/twists/pseudo_inverse.h"

#include "core/measured.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

Scenario rounded(double step) {
    Scenario scenario = test::scene_a("pigdm");
    scenario.condition.params.set("noise_model", std::string("quantised"));
    scenario.condition.params.set("step", step);
    scenario.condition.params.set("noise", 0.05);
    return scenario;
}

// guidance.md 1.6.4 written out: sigma^2 J^T A^+ (y - Q(A D)) / r^2.
TEST(PseudoInverse, IsItsFormula) {
    const Task task = test::task(rounded(0.5));
    ASSERT_TRUE(has_pseudo_inverse(*task.problem.condition));
    const torch::Tensor x = cloud(40, 2, 3);
    const double sigma = 1.3, spread = 5;
    const Evaluation out = evaluate(*make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, spread}), x, sigma);
    const Linearised at_x = task.problem.prior->linearise(x, sigma);
    const torch::Tensor reported = (at_x.denoised.select(1, 0) / 0.5).round() * 0.5;  // y = -1 is a bin of this grid
    torch::Tensor u = torch::zeros_like(x);
    u.select(1, 0).copy_(-1 - reported);
    const torch::Tensor expected = at_x.pullback(u) * (sigma * sigma / denoised_variance(sigma, spread));
    EXPECT_LT(largest(out.denoised, at_x.denoised), 1e-12);
    EXPECT_LT(largest(out.pull, expected), 1e-5 * expected.abs().max().item<double>());
    EXPECT_LT(largest(out.log_twist, task.problem.condition->log_likelihood(at_x.denoised)), 1e-12);
    EXPECT_GT(expected.abs().max().item<double>(), 0.1);
    const torch::Tensor inside = (at_x.denoised.select(1, 0) + 1).abs().lt(0.25);
    EXPECT_TRUE(inside.any().item<bool>());
    EXPECT_EQ(out.pull.index_select(0, inside.nonzero().squeeze(1)).abs().max().item<double>(), 0);
}

// Fine bins and no noise: PiGDM of the measurement without noise.
TEST(PseudoInverse, OfFineBinsIsPigdmWithoutNoise) {
    const Task fine = test::task(rounded(1e-3));
    Scenario exact = test::scene_a("pigdm");
    exact.condition.params.set("noise", 1e-4);
    const Task plain = test::task(exact);
    const torch::Tensor x = cloud(40, 2, 3);
    const TwistOptions options{ErrorModel::Pigdm, PullForm::Score, 5};
    const Evaluation a = evaluate(*make_twist(fine.problem, options), x, 1.3);
    const Evaluation b = evaluate(*make_twist(plain.problem, options), x, 1.3);
    EXPECT_LT(largest(a.pull, b.pull), 2e-2);
    EXPECT_GT(b.pull.abs().max().item<double>(), 1);
}

TEST(PseudoInverse, LeadsIntoTheBinThatWasReported) {
    Scenario scenario = rounded(0.5);
    scenario.particles = 200;
    const Samples samples = test::finished(scenario).samples();
    int inside = 0;
    for (size_t i = 0; i < 200; ++i) {
        inside += std::abs(static_cast<double>(samples.values[2 * i]) + 1) < 0.25 + 3 * 0.05 ? 1 : 0;
    }
    EXPECT_GT(inside, 150);
}

// Who weighs by it alone has no memory for a pull.
TEST(PseudoInverse, WeighsWithoutAPull) {
    for (const char* proposal : {"base", "pigdm", "point"}) {
        Scenario scenario = rounded(0.5);
        scenario.sampler = default_choice(Kind::Sampler, "smc");
        scenario.sampler.params.set("proposal", std::string(proposal));
        scenario.sampler.params.set("twist", std::string("pigdm"));
        scenario.particles = 200;
        drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
        for (int k = 0; k < 5; ++k) {
            EXPECT_TRUE(std::isfinite(run.advance()->numbers.log_z)) << proposal << ", state " << k;
        }
    }
    const Task task = test::task(rounded(0.5));
    const auto twist = make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 5});
    const torch::Tensor x = cloud(40, 2, 3);
    const Evaluation whole = evaluate(*twist, x, 1.3);
    Evaluation weight = test::evaluation(x);
    weight.pull = torch::Tensor{};
    twist->evaluate(x, 1.3, weight);
    EXPECT_FALSE(weight.pull.defined());
    EXPECT_LT(largest(weight.log_twist, whole.log_twist), 1e-10);
    EXPECT_LT(largest(weight.denoised, whole.denoised), 1e-12);
}

TEST(PseudoInverse, NeedsALinearSensorThatRounds) {
    EXPECT_FALSE(has_pseudo_inverse(*test::task(test::scene_a("dps")).problem.condition));
    Scenario bent = rounded(0.5);
    bent.condition = default_choice(Kind::Condition, "nonlinear");
    bent.condition.params.set("noise_model", std::string("quantised"));
    const Task task = test::task(bent);
    EXPECT_FALSE(has_pseudo_inverse(*task.problem.condition));
    EXPECT_THROW(make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0}), UserError);
    EXPECT_THROW(pseudo_inverse_twist(test::task(rounded(1)).problem, {ErrorModel::Pigdm, PullForm::Residual, 1}),
                 UserError);
}

}  // namespace
}  // namespace drift
