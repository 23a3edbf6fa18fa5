// The fused pass of projections and proximal steps against the formula on tensors, in all its shapes.
#include "core/twists/gain.h"

#include "support/instruction_sets.h"
#include "support/problems.h"
#include "support/random_mixtures.h"
#include "support/twists.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

using test::evaluation;
using test::largest;

/// z [n, d], whose numbers follow those of the step that led to the state.
torch::Tensor numbers_of(const Evaluation& out) {
    const int64_t d = out.denoised.size(1), first = kernels::first_beside(d);
    torch::Tensor numbers = torch::empty({out.denoised.size(0), first + d}, out.denoised.options());
    const kernels::RandomStream stream = numbers_beside(out);
    Random{stream.seed}.fill_normals(numbers, stream.purpose, stream.step);
    return numbers.slice(1, first);
}

/// K (y - A D) + spread (z - G A z).
torch::Tensor expected_pull(const Problem& problem, const Gain& gain, const Evaluation& out) {
    const LinearGaussian& measurement = *problem.condition->linear();
    const auto applied = [&](const torch::Tensor& matrix, const torch::Tensor& rows) {
        return torch::matmul(rows, matrix.t().to(rows.options()));
    };
    const torch::Tensor e = measurement.y - measurement.A->forward(out.denoised);
    torch::Tensor pull = applied(gain.matrix, e);
    if (gain.spread == 0) {
        return pull;
    }
    const torch::Tensor u = numbers_of(out) * gain.spread;
    return pull + u - applied(gain.of_draw, measurement.A->forward(u));
}

/// Four components under m measurements; in two dimensions with one and the same covariance they go the fast way.
Problem problem_of(int64_t d, int64_t m) {
    return test::task(d == 2 && m == 1 ? test::scene_a("ddnm")
                                       : test::random_mixture_scenario(test::random_mixture(d, m, 3), "ddnm"))
        .problem;
}

void expect_formula(const Problem& problem, int64_t n, double spread, torch::ScalarType type, double tolerance) {
    const LinearGaussian& measurement = *problem.condition->linear();
    const torch::Tensor k = gain_of(*dense_operator(measurement.A->matrix()), 0.3, 1.7);
    Gain gain{k, spread, k * 0.6};
    const auto twist = gain_twist(problem, [gain](double) { return gain; }, {});
    const torch::Tensor x = test::cloud(n, measurement.A->input_size(), 3).to(type);
    Evaluation out = evaluation(x);
    out.random = {11};
    out.step = 7;
    twist->evaluate(x, 0.8, out);
    const torch::Tensor denoised = problem.prior->denoise(x, 0.8);
    EXPECT_LT(largest(out.denoised, denoised), tolerance);
    EXPECT_LT(largest(out.pull, expected_pull(problem, gain, out)), tolerance);
}

TEST(Gain, IsTheFormulaInEveryShape) {
    for (const auto& [d, m] : {std::pair{1, 1}, {2, 1}, {2, 2}, {3, 2}, {5, 2}, {8, 1}, {8, 4}}) {
        for (const int64_t n : {1, 17, 100}) {
            for (const double spread : {0.0, 0.7}) {
                SCOPED_TRACE(std::to_string(n) + " particles, d = " + std::to_string(d) + ", m = " + std::to_string(m));
                expect_formula(problem_of(d, m), n, spread, torch::kFloat64, 1e-11);
            }
        }
    }
}

/// The pass that takes the step and evaluates, and both one after the other. `of_the_step`: whether the draw is made of
/// what the step leaves of its random words.
void expect_both_at_once(const Twist& twist, const torch::Tensor& x, double tau, bool of_the_step) {
    Evaluation at_x = test::evaluate(twist, x, 1.1);
    ReverseMove move = test::move_from(x, at_x);
    move.tau = tau;
    at_x.random = {of_the_step ? move.noise.seed : 17};
    at_x.step = move.noise.step + 1;
    const torch::Tensor expected = test::taken(move);
    Evaluation then = evaluation(x);
    then.random = at_x.random;
    then.step = at_x.step;
    twist.evaluate(expected, 0.8, then);
    twist.step_and_evaluate(move, 0.8, at_x);
    EXPECT_TRUE(move.next.equal(expected));
    EXPECT_TRUE(at_x.denoised.equal(then.denoised));
    EXPECT_TRUE(at_x.pull.equal(then.pull));
}

/// With and without a draw, with and without noise.
void expect_both_at_once(const Problem& problem, const torch::Tensor& x) {
    const torch::Tensor k = gain_of(*dense_operator(problem.condition->linear()->A->matrix()), 0.3, 1.7);
    for (const double spread : {0.0, 0.4}) {
        Gain gain{k, spread, k * 0.6};
        const auto twist = gain_twist(problem, [gain](double) { return gain; }, {});
        for (const double tau : {0.2, 0.0}) {
            for (const bool of_the_step : {false, true}) {
                SCOPED_TRACE("spread " + std::to_string(spread) + ", tau " + std::to_string(tau) +
                             (of_the_step ? ", numbers of the step" : ", numbers of its own"));
                expect_both_at_once(*twist, x, tau, of_the_step);
            }
        }
    }
}

TEST(Gain, InAStepIsTheStepAndThenTheGain) {
    for (const auto& [d, m] : {std::pair{2, 1}, {8, 4}}) {
        const Problem problem = problem_of(d, m);
        for (const int64_t n : {1, 37, 255, 257, 601}) {  // up to more than two turns of particles
            const torch::Tensor x = test::cloud(n, d, 3);
            for (const auto most : test::instruction_sets) {
                const test::LimitedVectors limited(most);
                SCOPED_TRACE(std::to_string(n) + " particles, d = " + std::to_string(d));
                expect_both_at_once(problem, x);
                expect_both_at_once(problem, x.to(torch::kFloat32));
            }
        }
    }
}

// A draw is D + K (y - A D) + L z: L follows from as many draws as there are dimensions, and L L^T must be
// (I / r^2 + A^T A / sigma_y^2)^-1.
TEST(Gain, DrawsHaveTheCovarianceOfTheProximalStep) {
    for (const auto& [d, m] : {std::pair{1, 1}, {2, 1}, {2, 2}, {3, 2}, {8, 1}, {8, 4}}) {
        const Problem problem = problem_of(d, m);
        const LinearGaussian& measurement = *problem.condition->linear();
        ProximalOptions options;
        options.lambda = 2;
        const double sigma = 0.8, variance = sigma * sigma / options.lambda;
        const torch::Tensor x = test::cloud(1, d, 1).expand({d, d}).contiguous();
        const torch::Tensor mean = test::evaluate(*proximal_twist(problem, options), x, sigma).pull;
        options.draw = true;
        Evaluation out = evaluation(x);
        out.random = {5};
        out.step = 4;
        proximal_twist(problem, options)->evaluate(x, sigma, out);
        const torch::Tensor root = at::linalg_solve(numbers_of(out), out.pull - mean);  // L^T
        const torch::Tensor a = measurement.A->matrix();
        const torch::Tensor precision =
            torch::eye(d, torch::kFloat64) / variance + a.t().matmul(a) / (measurement.noise * measurement.noise);
        EXPECT_LT(largest(root.t().matmul(root), at::linalg_inv(precision)), 1e-10) << d << ", " << m;
    }
}

}  // namespace
}  // namespace drift
