#include "core/guided.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

struct Normal {
    double mean = 0;
    double deviation = 0;
};

constexpr double y = 1.5;
constexpr double noise_squared = 0.1;

struct Chain {
    int64_t steps = 100;
    bool ancestral = false;  // else `balance` of the noise is fresh
    double balance = 1;
    double lambda = 0;  // 0: r^2 = sigma^2 / (1 + sigma^2), right for the prior N(0, 1)
    bool draw = false;
};

/// T7 of guidance.md: plug-and-play on the prior N(0, 1), seen with noise, is an affine recursion.
Normal recursion(const Chain& chain) {
    const Scenario scenario = test::line_scenario("pnp", y, noise_squared, chain.steps);
    const Schedule schedule = make_schedule(scenario.schedule);
    double mean = 0;
    double variance = schedule.at(0) * schedule.at(0);
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        const double squared = schedule.at(k) * schedule.at(k);
        const double next = schedule.at(k + 1);
        const double r2 = chain.lambda > 0 ? squared / chain.lambda : squared / (1 + squared);
        const double gain = r2 / (noise_squared + r2);
        const double tau = next * std::sqrt(chain.ancestral ? 1 - next * next / squared : chain.balance);
        const double c = std::sqrt(std::max(0.0, next * next - tau * tau) / squared);
        const double a = (1 - c) * (1 - gain) / (1 + squared) + c;
        mean = a * mean + (1 - c) * gain * y;
        variance = a * a * variance + tau * tau;
        variance += chain.draw ? (1 - c) * (1 - c) / (1 / r2 + 1 / noise_squared) : 0;
    }
    return {mean, std::sqrt(variance)};
}

TEST(PlugAndPlay, HasTheReferenceMeansAndDeviationsOnAGaussian) {
    struct Row {
        Chain chain;
        Normal expected;
    };
    std::vector<Row> rows{{{100, true, 0, 0, false}, {1.3633, 0.2883}},
                          {{100, false, 1, 0, false}, {1.3636, 0.2079}},
                          {{100, false, 0.3, 7, false}, {0.9890, 0.5749}}};
    for (const int64_t steps : {30, 100, 1000}) {
        rows.push_back({{steps, false, 1, 0, true}, {1.3636, 0.3015}});
    }
    for (const Row& row : rows) {
        const Chain& chain = row.chain;
        const Normal computed = recursion(chain);
        EXPECT_NEAR(computed.mean, row.expected.mean, 1e-4);
        EXPECT_NEAR(computed.deviation, row.expected.deviation, 1e-4);
        Scenario scenario = test::line_scenario("pnp", y, noise_squared, chain.steps);
        scenario.particles = chain.steps > 100 ? 4000 : 20000;
        scenario.sampler.params.set("point", std::string(chain.draw ? "draw" : "argmin"));
        scenario.sampler.params.set("re_noising", std::string(chain.ancestral ? "ancestral" : "balance"));
        scenario.sampler.params.set("noise_balance", Curve(chain.balance));
        scenario.sampler.params.set("proximal_variance", std::string(chain.lambda > 0 ? "lambda" : "prior"));
        scenario.sampler.params.set("lambda", std::max(chain.lambda, 1.0));
        scenario.sampler.params.set("last_step", true);
        const test::Moments measured = test::moments(test::finished(scenario).samples(), 0);
        const auto n = static_cast<double>(scenario.particles);
        EXPECT_NEAR(measured.mean, computed.mean, 4 * computed.deviation / std::sqrt(n));
        EXPECT_NEAR(std::sqrt(measured.variance), computed.deviation, 4 * computed.deviation / std::sqrt(2 * n));
    }
}

// T7: by default, and for every particle at every step.
TEST(PlugAndPlay, IsTheRunOfPigdmForAGaussianPrior) {
    Scenario scenario = test::line_scenario("pnp", y, noise_squared, 100);
    scenario.sampler.params.set("last_step", true);
    scenario.particles = 200;
    Scenario pigdm = scenario;
    pigdm.sampler = default_choice(Kind::Sampler, "pigdm");
    const Samples moved = test::finished(scenario).samples();
    const Samples guided = test::finished(pigdm).samples();
    for (size_t i = 0; i < moved.values.size(); ++i) {
        EXPECT_NEAR(moved.values[i], guided.values[i], 1e-5);
    }
}

// guidance.md 1.5: with r^2 = C the proximal step is PiGDM.
TEST(PlugAndPlay, IsPigdmForAGaussianPrior) {
    const Task task = test::task(test::t9_scenario("pnp"));
    const torch::Tensor x = cloud(50, 2, 3);
    for (const double sigma : {0.03, 0.7, 12.0}) {
        ProximalOptions options;
        options.spread = 0.7;
        const Evaluation proximal = evaluate(*proximal_twist(task.problem, options), x, sigma);
        const auto pigdm = make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0.7});
        EXPECT_LT(largest(proximal.pull, evaluate(*pigdm, x, sigma).pull), 1e-12);
    }
}

/// A linear measurement that does not say that it is one.
class Disguised final : public Condition {
public:
    explicit Disguised(std::shared_ptr<const Condition> condition) : condition_(std::move(condition)) {}
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return condition_->log_likelihood(clean);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override { return condition_->gradient(clean); }

private:
    std::shared_ptr<const Condition> condition_;
};

TEST(PlugAndPlay, FindsThePointByInnerStepsWhereThereIsNoClosedForm) {
    const Task task = test::task(test::scene_a("pnp"));
    Problem disguised = task.problem;
    disguised.condition = std::make_shared<const Disguised>(task.problem.condition);
    const torch::Tensor x = cloud(30, 2, 3);
    ProximalOptions options;
    options.lambda = 2;
    options.inner_steps = 2000;
    options.inner_rate = 0.01;
    for (const double sigma : {0.1, 1.5}) {
        const torch::Tensor closed = evaluate(*proximal_twist(task.problem, options), x, sigma).pull;
        const torch::Tensor searched = evaluate(*proximal_twist(disguised, options), x, sigma).pull;
        EXPECT_LT(largest(closed, searched), 2e-3 * (1 + closed.abs().max().item<double>())) << sigma;
    }
}

// Both ways of drawing leave the Gaussian N(D + shift, (1 / r^2 + A^T A / sigma_y^2)^-1).
TEST(PlugAndPlay, DrawsFromThePosteriorOfTheStep) {
    const Task task = test::task(test::line_scenario("pnp", y, noise_squared, 10));
    Problem disguised = task.problem;
    disguised.condition = std::make_shared<const Disguised>(task.problem.condition);
    const int64_t n = 20000;
    const double sigma = 0.4;
    const torch::Tensor x = torch::full({n, 1}, 0.3, torch::kFloat64);
    ProximalOptions options;
    options.draw = true;
    options.inner_steps = 300;
    options.inner_rate = 0.02;
    const double r2 = sigma * sigma / (1 + sigma * sigma);
    const double denoised = 0.3 / (1 + sigma * sigma);
    const double variance = 1 / (1 / r2 + 1 / noise_squared);
    const double mean = variance * (denoised / r2 + y / noise_squared);
    // An unadjusted Langevin step of length h has the variance v / (1 - h / (2 v)) in place of v.
    const double walked = variance / (1 - options.inner_rate * r2 / (2 * variance));
    for (const auto& [problem, expected] :
         std::vector<std::pair<Problem, double>>{{task.problem, variance}, {disguised, walked}}) {
        const Evaluation out = evaluate(*proximal_twist(problem, options), x, sigma);
        const torch::Tensor drawn = out.denoised + out.pull;
        EXPECT_NEAR(drawn.mean().item<double>(), mean, 4 * std::sqrt(expected / n));
        EXPECT_NEAR(drawn.var().item<double>(), expected, 4 * expected * std::sqrt(2.0 / n));
    }
}

TEST(Ddnm, EndsOnWhatWasMeasured) {
    Scenario scenario = test::scene_a("ddnm");
    scenario.particles = 100;
    const Samples samples = test::finished(scenario).samples();
    for (size_t i = 0; i < 100; ++i) {
        const double measured = static_cast<double>(samples.values[2 * i]);  // A = [1, 0], y = -1
        EXPECT_NEAR(measured, -1, 1e-4);
    }
}

TEST(Ddnm, RefusesAMeasurementThatIsNotLinear) {
    const Task task = test::task(test::scene_a("ddnm"));
    Problem disguised = task.problem;
    disguised.condition = std::make_shared<const Disguised>(task.problem.condition);
    EXPECT_THROW(projection_twist(disguised), UserError);
}

}  // namespace
}  // namespace drift
