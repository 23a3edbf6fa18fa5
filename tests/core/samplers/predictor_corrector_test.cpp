#include "core/guided.h"
#include "support/problems.h"

#include <set>

namespace drift {
namespace {

struct Normal {
    double mean = 0;
    double variance = 0;
};

/// One dimension, A = 1: steps, corrections and guidance by N(y; D, S) are affine (guidance.md O5). `assumed` is the S
/// of each noise level, infinite without guidance.
template <class Spread>
Normal chain(const Scenario& scenario, int64_t corrections, double size, const Spread& assumed) {
    const Schedule schedule = make_schedule(scenario.schedule);
    const double y = std::get<Array>(scenario.condition.params.at("observation").value).data[0];
    Normal x{0, schedule.at(0) * schedule.at(0)};
    const auto move = [&](double sigma, double c, double tau) {
        const double jacobian = 1 / (1 + sigma * sigma);
        const double pull = sigma * sigma * jacobian / assumed(sigma);
        const double a = (1 - c) * (jacobian - pull * jacobian) + c;
        x = {a * x.mean + (1 - c) * pull * y, a * a * x.variance + tau * tau};
    };
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        const double sigma = schedule.at(k);
        const double next = schedule.at(k + 1);
        const double tau = injected_noise(sigma, next, 1);
        move(sigma, keep_factor(sigma, next, tau), tau);
        for (int64_t i = 0; i < corrections && next > 0; ++i) {
            move(next, 1 - size, std::sqrt(2 * size) * next);
        }
    }
    return x;
}

Scenario with(const std::string& model, int64_t corrections, double size, int64_t steps) {
    Scenario scenario = test::line_scenario("predictor_corrector", 1.5, 0.1, steps);
    scenario.sampler.params.set("error_model", model);
    scenario.sampler.params.set("corrector_steps", corrections);
    scenario.sampler.params.set("corrector_size", size);
    scenario.particles = 20000;
    return scenario;
}

void expect_samples(const Scenario& scenario, const Normal& expected) {
    const test::Moments measured = test::moments(test::finished(scenario).samples(), 0);
    EXPECT_NEAR(measured.mean, expected.mean, 4 * std::sqrt(expected.variance / 20000));
    EXPECT_NEAR(measured.variance, expected.variance, 4 * expected.variance * std::sqrt(2.0 / 20000));
}

constexpr auto unguided = [](double) { return std::numeric_limits<double>::infinity(); };
constexpr auto exact = [](double sigma) { return 0.1 + sigma * sigma / (1 + sigma * sigma); };

TEST(PredictorCorrector, FollowsTheAffineRecursionOnAGaussian) {
    for (const auto& [corrections, size] : std::vector<std::pair<int64_t, double>>{{1, 0.1}, {3, 0.02}, {2, 0.5}}) {
        const Scenario prior = with("none", corrections, size, 20);
        expect_samples(prior, chain(prior, corrections, size, unguided));
        const Scenario posterior = with("exact", corrections, size, 20);
        expect_samples(posterior, chain(posterior, corrections, size, exact));
    }
}

TEST(PredictorCorrector, WithoutCorrectionsIsTheSamplerThatItCorrects) {
    Scenario plain = with("none", 0, 0.1, 20);
    Scenario reverse = plain;
    reverse.sampler = default_choice(Kind::Sampler, "reverse_diffusion");
    EXPECT_EQ(test::finished(plain).samples().values, test::finished(reverse).samples().values);
    plain = with("pigdm", 0, 0.1, 20);
    reverse.sampler = default_choice(Kind::Sampler, "pigdm");
    EXPECT_EQ(test::finished(plain).samples().values, test::finished(reverse).samples().values);
}

// Small moves leave the law as it is: what is missing of the variances is that of steps of finite size, and less of it.
TEST(PredictorCorrector, KeepsTheMarginal) {
    const auto missing = [](const std::string& model, int64_t corrections, int64_t steps) {
        const Scenario scenario = with(model, corrections, 0.01, steps);
        return model == "none" ? 1 - chain(scenario, corrections, 0.01, unguided).variance
                               : 1 - chain(scenario, corrections, 0.01, exact).variance / (0.1 / 1.1);
    };
    for (const char* model : {"none", "exact"}) {
        EXPECT_LT(std::abs(missing(model, 3, 200)), std::abs(missing(model, 0, 200))) << model;
        EXPECT_NEAR(missing(model, 3, 4000), 0, 0.01) << model;
    }
    const Scenario posterior = with("exact", 3, 0.01, 60);
    expect_samples(posterior, chain(posterior, 3, 0.01, exact));
}

// What coarse steps lose, corrections mend in part: at the lowest levels they hardly move.
TEST(PredictorCorrector, MendsTheSpreadThatCoarseStepsLose) {
    const Scenario scenario = with("none", 20, 0.05, 10);
    const double plain = chain(scenario, 0, 0.05, unguided).variance;
    const double corrected = chain(scenario, 20, 0.05, unguided).variance;
    EXPECT_LT(plain, corrected);
    EXPECT_LT(1 - corrected, 0.7 * (1 - plain));
    expect_samples(scenario, {0, corrected});
}

/// Notes down the random numbers that it is offered.
class Listening final : public Twist {
public:
    explicit Listening(const Problem& problem) : twist_(monte_carlo_twist(problem, 4, 0)) {}
    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        heard.emplace_back(out.step, out.random.seed);
        twist_->evaluate(x, sigma, out);
    }
    mutable std::vector<std::pair<int64_t, uint64_t>> heard;

private:
    std::shared_ptr<const Twist> twist_;
};

// Errors of one set of draws would add up over the moves of a step.
TEST(PredictorCorrector, DrawsAnewForEveryMove) {
    const Task task = test::task(with("monte_carlo", 3, 0.1, 5));
    const auto twist = std::make_shared<const Listening>(task.problem);
    const auto sampler = guided_diffusion(task, twist, {.corrector_steps = 3});
    State first, second, third;
    const Random random{11};
    sampler->init(first, 6, random);
    sampler->step(first, second, random);
    sampler->step(second, third, random);
    ASSERT_EQ(twist->heard.size(), 1U + 4 + 4);
    EXPECT_EQ(twist->heard[1], (std::pair<int64_t, uint64_t>{1, 11}));
    EXPECT_EQ(twist->heard[5], (std::pair<int64_t, uint64_t>{2, 11}));
    EXPECT_EQ(std::set(twist->heard.begin(), twist->heard.end()).size(), twist->heard.size());
}

TEST(PredictorCorrector, CountsTheCallsOfItsCorrections) {
    Scenario scenario = with("none", 3, 0.1, 20);
    scenario.particles = 10;
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 10 * (20 + 19 * 3));
}

}  // namespace
}  // namespace drift
