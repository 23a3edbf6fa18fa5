#include "core/twist.h"
#include "support/problems.h"
#include "support/random_mixtures.h"
#include "support/twists.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

/// In one pass where two coordinates share a variance, in two elsewhere.
TEST(Unguided, InAStepIsTheStepAndThenTheDenoiser) {
    for (const int64_t d : {2, 8}) {
        const Problem problem =
            test::task(d == 2 ? test::scene_a("reverse_diffusion")
                              : test::random_mixture_scenario(test::random_mixture(d, 1, 3), "reverse_diffusion"))
                .problem;
        const auto twist = no_twist(problem);
        const torch::Tensor x = test::cloud(37, d, 3);
        Evaluation at_x{torch::empty_like(x), {}, torch::full({37}, 7, torch::kFloat64), {}};
        twist->evaluate(x, 1.1, at_x);
        EXPECT_EQ(at_x.log_twist.abs().max().item<double>(), 0);
        const ReverseMove move = test::move_from(x, at_x);
        const torch::Tensor expected = test::taken(move);
        twist->step_and_evaluate(move, 0.8, at_x);
        EXPECT_TRUE(move.next.equal(expected));
        EXPECT_TRUE(at_x.denoised.equal(problem.prior->denoise(expected, 0.8)));
        EXPECT_EQ(at_x.log_twist.abs().max().item<double>(), 0);
    }
}

}  // namespace
}  // namespace drift
