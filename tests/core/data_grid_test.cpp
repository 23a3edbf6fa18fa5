// Posteriors in data space that have no closed form, on a grid.
#include "core/grid_posterior.h"

#include "core/outsourced.h"
#include "core/posterior_draws.h"
#include "core/terms.h"
#include "support/problems.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

Task data_task(const Scenario& scenario) {
    return in_space(test::task(scenario), Space{});
}

/// Scene A, measured along a line that lies across the axes.
Scenario slanted(double noise) {
    Scenario scenario = test::scene_a("tds");
    scenario.condition.params.set("matrix", test::row({1, 0.4}));
    scenario.condition.params.set("noise", noise);
    return scenario;
}

/// Three modes of very different widths on a line.
Scenario on_a_line(double noise) {
    Scenario scenario = test::scene_a("tds");
    scenario.prior.params.set("means", Array{{3, 1}, {-3, 0, 4}});
    scenario.prior.params.set("covariance", test::vector({0.01, 1, 0.3}));
    scenario.condition.params.set("matrix", test::row({1}));
    scenario.condition.params.set("noise", noise);
    return scenario;
}

// What is measured linearly has a closed form; the same grid does for all that has none.
TEST(DataGrid, HasTheLogZOfTheClosedFormHoweverSharpTheMeasurement) {
    for (const double noise : {3.0, 0.5, 0.1, 0.03}) {
        for (const Scenario& scenario : {slanted(noise), on_a_line(noise), test::scene_a("tds")}) {
            const Problem problem = test::task(scenario).problem;
            const auto grid = GridPosterior::of(problem, torch::kFloat64);
            ASSERT_TRUE(grid) << noise;
            ASSERT_TRUE(grid->log_z()) << noise;
            EXPECT_NEAR(*grid->log_z(), problem.exact->log_z, 1e-6) << noise;
        }
    }
    const Problem hair = test::task(on_a_line(1e-3)).problem;
    EXPECT_NEAR(GridPosterior::of(hair, torch::kFloat64)->log_z().value(), hair.exact->log_z, 1e-6);
}

// Sharper than any grid that is looked at: no wrong number, and the user is told.
TEST(DataGrid, IsLeftOutWhereItWouldBeTooCoarse) {
    for (const double noise : {1e-3, 1e-4}) {
        const Problem problem = test::task(slanted(noise)).problem;
        const auto grid = GridPosterior::of(problem, torch::kFloat64);
        EXPECT_TRUE(grid == nullptr || !grid->log_z()) << noise;
    }
    Scenario needles = slanted(3);  // most of it between the points
    needles.prior.params.set("covariance", test::vector({1, 1e-6, 1}));
    EXPECT_FALSE(GridPosterior::of(test::task(needles).problem, torch::kFloat64));
    Scenario sharp = slanted(1e-4);
    sharp.condition.params.set("noise_model", std::string("laplace"));
    const drift::Run run(sharp);
    EXPECT_FALSE(run.scene()->exact_log_z);
    EXPECT_FALSE(run.scene()->on_grid);
    EXPECT_TRUE(std::ranges::any_of(run.scene()->warnings, [](const std::string& warning) {
        return warning.find("no exact draws") != std::string::npos;
    }));
}

/// Scene A and, with this weight, a measurement of the other number.
Scenario with_second_term(double weight) {
    Scenario scenario = test::scene_a("ais");
    Choice second = scenario.condition;
    second.params.set("matrix", test::row({0, 1}));
    second.params.set("observation", test::vector({3}));
    scenario.condition = default_choice(Kind::Condition, "sum");
    scenario.condition.params.set("terms", terms_of({{test::scene_a("ais").condition, 1}, {second, weight}}));
    return scenario;
}

// What is taken away pushes the posterior out of the box that the prior is in, and at last there is none.
TEST(DataGrid, IsLeftOutWhereThePosteriorReachesBeyondIt) {
    EXPECT_TRUE(data_task(with_second_term(-0.1)).on_grid);
    EXPECT_FALSE(data_task(with_second_term(-0.5)).on_grid) << "its mean is five deviations out";
    try {  // -1.7 / .25 + 1 / .15 < 0
        test::task(with_second_term(-1.7));
        FAIL() << "no posterior";
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("outweighs the prior"), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(test::task(with_second_term(-1.6)));
}

struct Case {
    std::string name;
    Scenario scenario;
};

/// Everything that has no closed form under the prior of Scene A.
std::vector<Case> without_closed_form() {
    std::vector<Case> cases;
    for (const char* noise : {"student_t", "laplace", "poisson", "quantised"}) {
        cases.push_back({noise, test::scene_a("tds")});
        cases.back().scenario.condition.params.set("noise_model", std::string(noise));
        cases.back().scenario.condition.params.set("observation", test::vector({2}));
    }
    for (const char* condition : {"nonlinear", "phase_retrieval", "reward"}) {
        cases.push_back({condition, test::scene_a("tds")});
        cases.back().scenario.condition = default_choice(Kind::Condition, condition);
    }
    cases.back().scenario.condition.params.set("function", std::string("ring"));
    Scenario both = test::scene_a("tds");
    std::vector<Term> terms;
    for (const char* noise : {"laplace", "student_t"}) {
        Scenario one = test::scene_a("tds");
        one.condition.params.set("noise_model", std::string(noise));
        terms.push_back({one.condition, noise[0] == 'l' ? 0.5 : 2.0});
    }
    both.condition = default_choice(Kind::Condition, "sum");
    both.condition.params.set("terms", terms_of(std::move(terms)));
    cases.push_back({"sum", both});
    return cases;
}

// By draws from the prior, weighted: log Z, and the mean of the posterior.
TEST(DataGrid, AgreesWithWeightedDrawsOfThePriorForEveryCondition) {
    constexpr int64_t n = 200'000;
    for (const Case& each : without_closed_form()) {
        const Task task = data_task(each.scenario);
        ASSERT_EQ(task.problem.exact, nullptr) << each.name;
        ASSERT_TRUE(task.on_grid) << each.name;
        ASSERT_TRUE(task.on_grid->log_z()) << each.name;
        const torch::Tensor x = task.problem.prior->mixture()->sample(n, Random{4}, kernels::Purpose::Problem);
        const torch::Tensor r = (task.problem.condition->log_likelihood(x) - *task.on_grid->log_z()).exp();
        EXPECT_NEAR(r.mean().item<double>(), 1, 4 * r.std().item<double>() / std::sqrt(static_cast<double>(n)))
            << each.name;
        const torch::Tensor draws = posterior_draws_in_data(task, 20'000, Random{5});
        for (int64_t axis = 0; axis < 2; ++axis) {
            const double mean = draws.select(1, axis).mean().item<double>();
            const double error = draws.select(1, axis).std().item<double>() / std::sqrt(20'000.0);
            const torch::Tensor apart = (x.select(1, axis) - mean) * r;  // of mean 0
            const double of_prior = apart.std().item<double>() / std::sqrt(static_cast<double>(n));
            EXPECT_NEAR(apart.mean().item<double>(), 0, 4 * std::hypot(error, of_prior)) << each.name << axis;
        }
    }
}

TEST(DataGrid, IsWhatARunIsMeasuredAgainst) {
    for (const Case& each : without_closed_form()) {
        if (each.name != "laplace" && each.name != "sum") {
            continue;
        }
        Scenario scenario = each.scenario;
        scenario.particles = 1000;
        const drift::Run run = test::finished(scenario);
        const Summary summary = run.summary();
        EXPECT_NEAR(summary.log_z, summary.exact_log_z, 4 * summary.log_z_sd + 0.05) << each.name;
        EXPECT_LT(summary.sliced_w1, 5 * summary.sliced_w1_floor) << each.name;
        EXPECT_LT(summary.energy, 10 * summary.energy_floor + 0.01) << each.name;
        EXPECT_LT(summary.mode_mass_tv, 0.1) << each.name;
        EXPECT_LT(summary.mode_mass_tv_floor, 0.1) << each.name;
        EXPECT_TRUE(std::isfinite(summary.mmd_floor)) << each.name;
        ASSERT_TRUE(run.scene()->on_grid) << "for contours: " << each.name;
    }
}

// The power of a likelihood is that of the posterior, as where there is a closed form.
TEST(DataGrid, KnowsThePowerOfTheLikelihood) {
    Task task = test::task(slanted(0.5));
    task.problem.power = 3;
    const Problem tempered = solved(task.problem);
    EXPECT_NEAR(*GridPosterior::of(tempered, torch::kFloat64)->log_z(), tempered.exact->log_z, 1e-6);
}

}  // namespace
}  // namespace drift
