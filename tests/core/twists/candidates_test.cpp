#include "core/guided.h"
#include "core/twists/gradient_free.h"
#include "support/disguise.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::largest;

/// Step 3 of a run, from noise 1 to 0.6, for particles x.
struct Step {
    Step(const Prior& prior, const torch::Tensor& x) : at_x(test::evaluation(x)), next(torch::empty_like(x)) {
        prior.denoise_into(x, 1, at_x.denoised);
        at_x.step = 4;
        move.tau = injected_noise(1, 0.6, 1);
        move.c = keep_factor(1, 0.6, move.tau);
        move.noise = {9, kernels::Purpose::Proposal, 3};
        move.x = x;
        move.denoised = at_x.denoised;  // what is read and overwritten, as after a resampling
        move.next = next;
        move.not_finite = torch::zeros({1}, torch::kInt32);
    }

    Evaluation at_x;
    torch::Tensor next;
    ReverseMove move;
};

CandidateOptions always(int64_t candidates) {
    return {candidates, 0};
}

// A particle goes where the best of M steps would have led, each with noise of its own, and D and log psi are those
// there.
TEST(CandidateTwist, KeepsTheBestStepOfEachParticle) {
    const Problem problem = test::task(test::scene_a("dps")).problem;
    const torch::Tensor x = cloud(200, 2, 3);
    torch::Tensor best = torch::full({200}, -INFINITY, torch::kFloat64);
    for (const int64_t candidates : {1, 2, 7}) {
        Step step(*problem.prior, x);
        candidate_twist(test::opaque(test::black_box(problem)), always(candidates))
            ->step_and_evaluate(step.move, 0.6, step.at_x);
        const torch::Tensor denoised = problem.prior->denoise(step.next, 0.6);
        EXPECT_LT(largest(step.at_x.denoised, denoised), 1e-12);
        EXPECT_LT(largest(step.at_x.log_twist, problem.condition->log_likelihood(denoised)), 1e-12);
        EXPECT_TRUE((step.at_x.log_twist >= best).all().item<bool>()) << "the first candidates are among the others";
        EXPECT_GT((step.at_x.log_twist - best).max().item<double>(), 0.1);
        best = step.at_x.log_twist;
    }
    // By hand: candidates that only differ in their noise.
    torch::Tensor by_hand = torch::full({200}, -INFINITY, torch::kFloat64);
    for (uint32_t m = 0; m < 7; ++m) {
        Step step(*problem.prior, x);
        step.move.noise.step += m * (1U << 17);
        take(step.move);
        by_hand = at::maximum(by_hand, problem.condition->log_likelihood(problem.prior->denoise(step.next, 0.6)));
    }
    EXPECT_LT(largest(best, by_hand), 1e-12);
}

/// Nothing is known left of zero.
class HalfKnown final : public Condition {
public:
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor first = clean.select(1, 0);
        return at::where(first > 0, first, torch::full_like(first, NAN)).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor&) const override { throw std::logic_error("it has none"); }
};

TEST(CandidateTwist, PrefersAnyValueToNoneAndCountsBrokenParticles) {
    Problem problem = test::task(test::t9_scenario("dps")).problem;
    problem.condition = std::make_shared<const HalfKnown>();
    torch::Tensor x = cloud(300, 2, 0.3);
    x[7][1] = INFINITY;
    const auto share_known = [&](int64_t candidates) {
        Step step(*problem.prior, x);
        candidate_twist(problem, always(candidates))->step_and_evaluate(step.move, 0.6, step.at_x);
        EXPECT_EQ(step.move.not_finite.item<int32_t>(), 1) << candidates;
        return (step.at_x.denoised.select(1, 0) > 0).to(torch::kFloat64).mean().item<double>();
    };
    const double plain = share_known(1);
    EXPECT_LT(plain, 0.9);
    EXPECT_GT(share_known(16), 0.95);
}

// The search begins after its share of the steps, and so does its cost.
TEST(CandidateTwist, CountsItsDenoiserCalls) {
    Scenario scenario = test::scene_a("best_of_candidates");
    scenario.particles = 10;
    scenario.schedule.params.set("steps", int64_t{20});
    scenario.sampler.params.set("candidates", int64_t{6});
    scenario.sampler.params.set("start", 0.5);
    // States 0 to 10 come from plain steps, 11 to 19 from the search; the last one is clean and denoised no more.
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 10 * (11 + 9 * 6));
    scenario.sampler.params.set("start", 1.0);
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 10 * 20);
}

TEST(BestOfCandidates, WithOneCandidateIsReverseDiffusion) {
    for (const Precision precision : {Precision::Float32, Precision::Float64}) {
        Scenario plain = test::scene_a("reverse_diffusion");
        Scenario one = test::scene_a("best_of_candidates");
        plain.particles = one.particles = 200;
        one.sampler.params.set("candidates", int64_t{1});
        EXPECT_EQ(test::finished(one, precision).samples().values, test::finished(plain, precision).samples().values);
        one.sampler.params.set("candidates", int64_t{8});
        one.sampler.params.set("start", 1.0);
        EXPECT_EQ(test::finished(one, precision).samples().values, test::finished(plain, precision).samples().values);
    }
}

TEST(BestOfCandidates, ComeCloserTheMoreThereAre) {
    double before = INFINITY;
    for (const int64_t candidates : {1, 4, 16}) {
        Scenario scenario = test::scene_a("best_of_candidates");
        scenario.particles = 1000;
        scenario.sampler.params.set("candidates", candidates);
        const double residual = test::finished(scenario).summary().residual;
        EXPECT_LT(residual, 0.9 * before) << candidates;
        before = residual;
    }
}

}  // namespace
}  // namespace drift
