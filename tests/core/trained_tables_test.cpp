// The numbers of trained_samplers.md 6.5 and 6.6, as closed forms and grids have them: what trainings are measured
// against, and what the window draws beside them.
#include "core/grid_posterior.h"

#include "support/training.h"

#include <array>

namespace drift {
namespace {

using test::largest;

torch::Tensor numbers(std::vector<double> values) {
    return torch::tensor(values, torch::kFloat64);
}

/// The linear problem seen at y, under a power of its likelihood.
Problem linear_problem(double y, double power) {
    Scenario scenario = test::linear_outsourced("outsourced");
    scenario.condition.params.set("observation", test::vector({y}));
    const MakeContext context{torch::kFloat64, "", 1};
    Task task = test::task(scenario);
    task.problem = make_problem(scenario.prior, scenario.condition, context, power);
    return in_space(task, space_of(scenario.sampler.params)).problem;
}

TEST(TrainedTables, LinearProblemUnderEveryPower) {
    const std::vector<std::tuple<double, double, std::vector<double>>> rows{
        {0.25, -1.2665143, {.380952, .571429, -.380952}},
        {1, -2.1154217, {.444444, .666667, -.444444}},
        {4, -3.4839868, {.463768, .695652, -.463768}}};
    for (const auto& [power, log_z, mean] : rows) {
        const Problem it = linear_problem(2, power);
        ASSERT_NE(it.exact, nullptr);
        EXPECT_NEAR(it.exact->log_z, log_z, 1e-7) << power;
        EXPECT_LT(largest(it.exact->posterior.means[0] - numbers(mean)), 1e-6) << power;
    }
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const torch::Tensor covariance = task.data_problem->exact->posterior.full_covariances()[0];
    EXPECT_LT(largest(covariance.flatten() - numbers({.569444, -.472222, -.472222, .611111})), 1e-6);
}

// For any observation: log Z(y) = -ln(2 pi 4.5) / 2 - y^2 / 9, and the mean is (1, 1.5, -1) y / 4.5.
TEST(TrainedTables, LinearProblemAtEveryObservation) {
    for (const double y : {-4.0, -1.0, 0.0, 3.5}) {
        const Problem it = linear_problem(y, 1);
        EXPECT_NEAR(it.exact->log_z, -0.5 * std::log(2 * std::numbers::pi * 4.5) - y * y / 9, 1e-9) << y;
        EXPECT_LT(largest(it.exact->posterior.means[0] - numbers({1, 1.5, -1}) * (y / 4.5)), 1e-9) << y;
    }
}

/// E g(z) under a posterior in one dimension on its grid.
double mean_on(const GridPosterior& grid, const torch::Tensor& values) {
    return (grid.mass() * values).sum().item<double>() / grid.mass().sum().item<double>();
}

TEST(TrainedTables, SquareOfANormal) {
    const std::vector<std::array<double, 5>> rows{{0.5, -2.1693276, 1.325183, 1.797206, 0.514598},
                                                  {0.1, -2.2620636, 1.411108, 1.992484, 0.100064}};
    for (const auto& [noise, log_z, modulus, square, deviation] : rows) {
        const auto grid = test::noise_task(test::measured_map("square", 1, "outsourced", 2, noise)).on_grid;
        ASSERT_TRUE(grid);
        EXPECT_NEAR(grid->log_z().value(), log_z, 1e-6) << noise;
        const torch::Tensor x = grid->along(0).square();
        EXPECT_NEAR(mean_on(*grid, grid->along(0).abs()), modulus, 1e-5) << noise;
        EXPECT_NEAR(mean_on(*grid, x), square, 1e-5) << noise;
        EXPECT_NEAR(std::sqrt(mean_on(*grid, (x - square).square())), deviation, 1e-5) << noise;
        EXPECT_NEAR(mean_on(*grid, grid->along(0)), 0, 1e-9) << noise;
    }
}

TEST(TrainedTables, RingOfANormalPlane) {
    const auto grid = test::noise_task(test::measured_map("ring", 2, "outsourced", 2, 0.2)).on_grid;
    ASSERT_TRUE(grid);
    EXPECT_NEAR(grid->log_z().value(), -1.2887608, 1e-6);
    const torch::Tensor radius = rows_of_grid({grid->along(0), grid->along(1)}).norm(2, 1).view_as(grid->mass());
    EXPECT_NEAR(mean_on(*grid, radius), 1.943077, 1e-5);
    EXPECT_NEAR(std::sqrt(mean_on(*grid, (radius - 1.943077).square())), 0.195094, 1e-5);
}

// Z = Phi(-a) + e^-20 (1 - Phi(-a)); the moments of what lies beyond are those of draws.
TEST(TrainedTables, RareHalfSpaces) {
    const std::vector<std::array<double, 4>> rows{
        {0, -.693147, std::sqrt(2 / std::numbers::pi), 1 - 2 / std::numbers::pi},
        {1, -1.841022, 1.525135, .199098},
        {2, -3.783184, 2.373216, .114279},
        {3, -6.607726, 3.283099, .070559}};
    for (const auto& [a, log_z, mean, variance] : rows) {
        const Task task = test::noise_task(test::rare_half_space("outsourced", a));
        const double beyond = std::exp(log_z);
        EXPECT_NEAR(task.problem.exact_log_z.value(), std::log(beyond + std::exp(-20) * (1 - beyond)), 2e-6) << a;
        const torch::Tensor z = task.on_grid->sample(40'000, Random{3}, kernels::Purpose::Metric).select(1, 0);
        const torch::Tensor inside = z.masked_select(z.ge(a));
        const double error = 4 / std::sqrt(static_cast<double>(inside.numel()));
        EXPECT_NEAR(inside.mean().item<double>(), mean, error * std::sqrt(variance)) << a;
        const torch::Tensor squares = (inside - mean).square();
        EXPECT_NEAR(squares.mean().item<double>(), variance, error * squares.std().item<double>()) << a;
        EXPECT_LT(z.numel() - inside.numel(), 20) << "e^-20 / Z of them";
    }
}

// 6.6: 25 modes under y = x1 + x2 / 2 + n, seen at 3.
TEST(TrainedTables, LineMeasurementOfTwentyFiveModes) {
    const Task task = test::task(test::grid_25_line("rtb"));
    ASSERT_NE(task.problem.exact, nullptr);
    EXPECT_NEAR(task.problem.exact->log_z, -3.3256069, 1e-7);
    const GaussianMixture& posterior = task.problem.exact->posterior;
    const torch::Tensor covariances = posterior.full_covariances().view({-1, 4});
    EXPECT_LT(largest(covariances - numbers({.234545, -.032727, -.032727, .283636})), 1e-6);
    struct Mode {
        int x, y;
        double weight;
    };
    const std::vector<Mode> modes{{0, 5, .3456449},    {5, -5, .3456449},  {5, 0, .0883915}, {0, 10, .0883915},
                                  {10, -10, .0883915}, {5, -10, .0143478}, {0, 0, .0143478}, {-5, 10, .0143478}};
    const auto at = [](int x, int y) { return 5 * ((x + 10) / 5) + (y + 10) / 5; };
    torch::Tensor rest = posterior.weights.clone();
    for (const Mode& mode : modes) {
        EXPECT_NEAR(posterior.weights[at(mode.x, mode.y)].item<double>(), mode.weight, 1e-7)
            << mode.x << ", " << mode.y;
        rest[at(mode.x, mode.y)] = 0;
    }
    EXPECT_NEAR(rest.max().item<double>(), 2.4e-4, 5e-6);
    EXPECT_LT(largest(posterior.means[at(0, 5)] - numbers({.109091, 5.054545})), 1e-6);
    EXPECT_LT(largest(posterior.means[at(5, -5)] - numbers({5.109091, -4.945455})), 1e-6);
    EXPECT_LT(largest(posterior.means[at(5, 0)] - numbers({4.563636, -.218182})), 1e-6);
    const torch::Tensor mean = posterior.weights.matmul(posterior.means);
    EXPECT_LT(largest(mean - numbers({3.045083, -.006291})), 1e-6);
    const torch::Tensor apart = posterior.means - mean;
    const torch::Tensor covariance =
        apart.t().matmul(apart * posterior.weights.unsqueeze(1)).flatten() + covariances[0];
    EXPECT_LT(largest(covariance - numbers({10.690052, -19.092753, -19.092753, 38.145411})), 2e-6);
}

}  // namespace
}  // namespace drift
