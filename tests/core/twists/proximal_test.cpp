// Proximal steps under noise that is not Gaussian and measurements that are not linear: T22 of guidance.md 6.2, the
// gradient of what is minimised is 0 at the point that is found.
#include "core/measured.h"
#include "core/picture_operators.h"
#include "core/twist.h"
#include "core/twists/proximal_step.h"

#include "support/problems.h"
#include "support/twists.h"

#include <torch/types.h>  // nested lists in torch::tensor

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

Task task_with(const std::string& type, const std::vector<std::pair<std::string, Value>>& values) {
    Scenario scenario = test::scene_a("pnp");
    scenario.condition = default_choice(Kind::Condition, type);
    for (const auto& [key, value] : values) {
        scenario.condition.params.set(key, value);
    }
    return test::task(scenario);
}

ProximalOptions by_lbfgs(int64_t steps = 60) {
    ProximalOptions options;
    options.lambda = 2;
    options.inner_steps = steps;
    options.solver = InnerSolver::Lbfgs;
    return options;
}

/// f and its gradient at D + pull.
struct Found {
    torch::Tensor value, gradient, at_start;
};
Found found(const Problem& problem, const Evaluation& out, double variance) {
    const torch::Tensor x = out.denoised + out.pull;
    return {out.pull.square().sum(1) / (2 * variance) - problem.condition->log_likelihood(x),
            out.pull / variance - problem.condition->gradient(x), -problem.condition->log_likelihood(out.denoised)};
}

const std::vector<std::string> smooth_noise = {"gaussian", "student_t", "quantised"};

TEST(Proximal, ByLbfgsHasNoGradientLeftOnSmoothProblems) {
    for (const char* function : {"range", "product", "tanh", "sine", "square"}) {
        for (const std::string& noise : smooth_noise) {
            const Task task = task_with(
                "nonlinear",
                {{"function", std::string(function)}, {"noise_model", noise}, {"observation", test::vector({0.8})}});
            const double sigma = 0.6;
            const Evaluation out = evaluate(*proximal_twist(task.problem, by_lbfgs()), cloud(40, 2, 2), sigma);
            const Found point = found(task.problem, out, sigma * sigma / 2);
            EXPECT_LT(point.gradient.abs().max().item<double>(), 1e-6) << function << " " << noise;
            EXPECT_TRUE(point.value.le(point.at_start + 1e-12).all().item<bool>()) << function << " " << noise;
        }
    }
}

// One row of a matrix: A A^T is a number, and every closed form applies.
TEST(Proximal, InClosedFormIsTheBestPoint) {
    for (const std::string& noise : {std::string("poisson"), std::string("laplace")}) {
        const Task task = task_with("linear_gaussian", {{"matrix", test::row({1, 0.5})},
                                                        {"noise_model", noise},
                                                        {"gain", 2.0},
                                                        {"floor", 0.1},
                                                        {"observation", test::vector({3})}});
        ASSERT_TRUE(measured_proximal(task.problem, by_lbfgs()) != nullptr);
        const double sigma = 0.9;
        const double variance = sigma * sigma / 2;
        const Evaluation out = evaluate(*proximal_twist(task.problem, by_lbfgs()), cloud(60, 2, 3), sigma);
        const torch::Tensor best = found(task.problem, out, variance).value;
        // No step in any direction leads further down, kinks included.
        for (const double angle : {0.0, 0.9, 2.1, 3.3, 4.4, 5.7}) {
            for (const double length : {1e-4, 0.02, 0.5}) {
                Evaluation moved = out;
                moved.pull = out.pull + length * torch::tensor({std::cos(angle), std::sin(angle)}, torch::kFloat64);
                EXPECT_TRUE(found(task.problem, moved, variance).value.ge(best - 1e-12).all().item<bool>()) << noise;
            }
        }
        EXPECT_GT(out.pull.abs().max().item<double>(), 1e-2);
        if (noise == "poisson") {
            const Measured& measured = *task.problem.condition->measured();
            const torch::Tensor u = measured.h->forward(out.denoised + out.pull);
            const torch::Tensor above = u.squeeze(1).gt(0.06);
            const torch::Tensor left = found(task.problem, out, variance).gradient.abs().amax(1);
            EXPECT_LT(left.masked_select(above).max().item<double>(), 1e-6) << "T22";
        }
    }
}

/// A prior over rows whose denoised prediction is the row itself.
class Still final : public Prior {
public:
    explicit Still(int64_t d) : d_(d) {}
    std::vector<int64_t> sample_shape() const override { return {d_}; }
    double data_variance() const override { return 1; }
    torch::Tensor denoise(const torch::Tensor& x, double) const override { return x; }
    Linearised linearise(const torch::Tensor& x, double) const override {
        return {x, [](const torch::Tensor& w) { return w; }};
    }

private:
    int64_t d_;
};

/// A measurement through the noise model that a scenario of `type` would have.
class Through final : public Condition {
public:
    explicit Through(Measured measurement) : measurement_(std::move(measurement)) {}
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return measurement_.noise->log_density(measurement_.y, measurement_.h->forward(clean));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        return measurement_.h->pullback(clean,
                                        measurement_.noise->gradient(measurement_.y, measurement_.h->forward(clean)));
    }
    const Measured* measured() const override { return &measurement_; }

private:
    Measured measurement_;
};

Problem through(const std::shared_ptr<const LinearOperator>& A, const std::shared_ptr<const NoiseModel>& noise) {
    const torch::Tensor y = torch::arange(A->output_size(), torch::kFloat64) % 4 + 1;
    return {std::make_shared<const Still>(A->input_size()), std::make_shared<const Through>(Measured{A, A, y, noise}),
            nullptr};
}

// Masks and averages: value by value, and the same as what a search finds.
TEST(Proximal, OfMasksAndAveragesIsWhatASearchFinds) {
    const torch::Tensor x = cloud(8, 36, 1).abs() + 0.2;
    for (const auto& A :
         {mask_operator(torch::tensor({0, 3, 17, 35}, torch::kInt64), 36), pooling_operator({1, 6, 6}, 3)}) {
        const Problem problem = through(A, poisson_noise(3, 1e-3));
        ASSERT_NE(measured_proximal(problem, by_lbfgs()), nullptr);
        EXPECT_EQ(rows_decomposed(problem), 0);
        const Evaluation closed = evaluate(*proximal_twist(problem, by_lbfgs()), x, 0.8);
        EXPECT_LT(found(problem, closed, 0.32).gradient.abs().max().item<double>(), 1e-9);
        const Evaluation searched = evaluate(*searched_proximal(problem, by_lbfgs()), x, 0.8);
        EXPECT_LT(largest(closed.pull, searched.pull), 1e-6);
    }
}

// Reweighted Gaussian steps for rows that are not orthogonal: always down, and nearly as far as a search gets.
TEST(Proximal, OfStudentsNoiseComesNearByReweighting) {
    const auto A = dense_operator(torch::tensor({{1.0, 0.4, 0.0}, {0.7, -0.5, 1.0}}, torch::kFloat64));
    const Problem problem = through(A, student_t_noise(3, 0.4));
    ASSERT_FALSE(A->gram_scale().has_value());
    ASSERT_NE(measured_proximal(problem, by_lbfgs()), nullptr);
    EXPECT_EQ(rows_decomposed(problem), 2);
    const torch::Tensor x = cloud(50, 3, 2);
    const Found near = found(problem, evaluate(*proximal_twist(problem, by_lbfgs()), x, 0.8), 0.32);
    const Found best = found(problem, evaluate(*searched_proximal(problem, by_lbfgs()), x, 0.8), 0.32);
    EXPECT_TRUE(near.value.le(near.at_start + 1e-12).all().item<bool>());
    const torch::Tensor share = (near.at_start - near.value) / (near.at_start - best.value).clamp_min(1e-9);
    EXPECT_GT(share.median().item<double>(), 0.99);
    // Gaussian noise in disguise is solved in one step.
    const Problem gaussian = through(A, gaussian_noise(0.4));
    const Evaluation solved = evaluate(*proximal_twist(gaussian, by_lbfgs()), x, 0.8);
    EXPECT_LT(found(gaussian, solved, 0.32).gradient.abs().max().item<double>(), 1e-10);
}

TEST(Proximal, SearchesWhereNothingElseIsKnown) {
    EXPECT_EQ(rows_decomposed(through(blur_operator({1, 6, 6}, 0.8), student_t_noise(3, 0.4))), 0);
    EXPECT_EQ(measured_proximal(through(blur_operator({1, 6, 6}, 0.8), student_t_noise(3, 0.4)), {}), nullptr);
    EXPECT_EQ(measured_proximal(through(blur_operator({1, 6, 6}, 0.8), poisson_noise(3, 0.4)), {}), nullptr);
    EXPECT_EQ(measured_proximal(task_with("nonlinear", {}).problem, {}), nullptr);
    ProximalOptions draw;
    draw.draw = true;
    EXPECT_EQ(measured_proximal(through(blur_operator({1, 6, 6}, 0.8), laplace_noise(0.4)), draw), nullptr);
}

}  // namespace
}  // namespace drift
