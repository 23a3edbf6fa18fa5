// The fused pass of projections and proximal steps against the formula on tensors, in all its shapes.
#include "core/twists/gain.h"

#include "support/problems.h"
#include "support/random_mixtures.h"
#include "support/twists.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

using test::evaluation;
using test::largest;

/// u + K (y + noise z' - A (D + u)), with the numbers of the state.
torch::Tensor expected_pull(const Problem& problem, const Gain& gain, const Evaluation& out) {
    const LinearGaussian& measurement = *problem.condition->linear();
    torch::Tensor u = torch::zeros_like(out.denoised);
    torch::Tensor y = measurement.y.expand({u.size(0), -1}).contiguous();
    if (gain.spread > 0) {
        out.random.fill_normals(u, kernels::Purpose::Move, out.step * 4096);
        u.mul_(gain.spread);
        torch::Tensor z = torch::empty_like(y);
        out.random.fill_normals(z, kernels::Purpose::Move, out.step * 4096 + 1);
        y = y + measurement.noise * z;
    }
    const torch::Tensor e = y - measurement.A->forward(out.denoised + u);
    return u + torch::matmul(e, gain.matrix.t().to(e.options()));
}

/// Four components under m measurements; in two dimensions with one and the same covariance they go the fast way.
Problem problem_of(int64_t d, int64_t m) {
    return test::task(d == 2 && m == 1 ? test::scene_a("ddnm")
                                       : test::random_mixture_scenario(test::random_mixture(d, m, 3), "ddnm"))
        .problem;
}

void expect_formula(const Problem& problem, int64_t n, double spread, torch::ScalarType type, double tolerance) {
    const LinearGaussian& measurement = *problem.condition->linear();
    const Gain gain{gain_of(*dense_operator(measurement.A->matrix()), 0.3, 1.7), spread};
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
    for (const auto& [d, m] : {std::pair{2, 1}, {2, 2}, {8, 1}, {8, 4}}) {
        for (const int64_t n : {1, 17, 100}) {
            for (const double spread : {0.0, 0.7}) {
                SCOPED_TRACE(std::to_string(n) + " particles, d = " + std::to_string(d) + ", m = " + std::to_string(m));
                expect_formula(problem_of(d, m), n, spread, torch::kFloat64, 1e-11);
            }
        }
    }
}

TEST(Gain, InAStepIsTheStepAndThenTheGain) {
    for (const auto& [d, m] : {std::pair{2, 1}, {8, 4}}) {
        const Problem problem = problem_of(d, m);
        const Gain gain{gain_of(*dense_operator(problem.condition->linear()->A->matrix()), 0.3, 1.7), 0.4};
        const auto twist = gain_twist(problem, [gain](double) { return gain; }, {});
        const torch::Tensor x = test::cloud(37, d, 3);
        Evaluation at_x = test::evaluate(*twist, x, 1.1);
        const ReverseMove move = test::move_from(x, at_x);
        const torch::Tensor expected = test::taken(move);
        const Evaluation then = test::evaluate(*twist, expected, 0.8);
        twist->step_and_evaluate(move, 0.8, at_x);
        EXPECT_TRUE(move.next.equal(expected));
        EXPECT_TRUE(at_x.denoised.equal(then.denoised));
        EXPECT_TRUE(at_x.pull.equal(then.pull));
    }
}

}  // namespace
}  // namespace drift
