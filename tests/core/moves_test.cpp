#include "core/moves/move.h"

#include "core/exec.h"
#include "core/kernels/moves.h"
#include "core/publish.h"
#include "support/problems.h"

namespace drift {
namespace {

/// A Gaussian in two dimensions with a likelihood, in float64: everything about pi_beta is known.
Problem problem() {
    Scenario scenario = test::scenario("gaussian", "linear_gaussian", "dps");
    scenario.prior.params.set("mean", test::vector({0.5, -0.3}));
    scenario.prior.params.set("covariance", Array{{2, 2}, {0.7, 0.2, 0.2, 0.4}});
    scenario.condition.params.set("matrix", test::row({1, 0.4}));
    scenario.condition.params.set("observation", test::vector({1.6}));
    scenario.condition.params.set("noise", 0.4);
    return make_problem(scenario.prior, scenario.condition, {torch::kFloat64, "", 1});
}

/// Particles drawn from the exact posterior, and a move of them.
struct Bench {
    explicit Bench(std::shared_ptr<const Move> chosen, int64_t n = 20000) : move(std::move(chosen)) {
        allocate(cloud, n, *target, torch::kFloat64, move->needs_gradient());
        allocate(scratch, n, *target, torch::kFloat64, *move);
        cloud.x.copy_(exact.sample(n, {7}, kernels::Purpose::Problem));
        target->evaluate(cloud);
        torch::Tensor sums;
        learn_shape(*move, cloud.x, {}, 0, sums, tuning);
    }

    /// Mean acceptance of `count` moves.
    double run(double step_size, int64_t count) {
        double accepted = 0;
        torch::Tensor sums;
        tuning.step_size = step_size;
        for (int64_t i = 0; i < count; ++i) {
            move->take(*target, 1, tuning, {3}, number++, scratch, cloud);
            accepted += pooled_acceptance(scratch, {}, 0, sums) / static_cast<double>(count);
        }
        return accepted;
    }

    std::shared_ptr<const Target> target = data_target(problem(), torch::kFloat64);
    GaussianMixture exact = problem().exact->posterior;
    std::shared_ptr<const Move> move;
    Cloud cloud;
    MoveScratch scratch;
    Tuning tuning;
    int64_t number = 0;
};

void expect_posterior(const Bench& bench) {
    const auto n = static_cast<double>(bench.cloud.x.size(0));
    const torch::Tensor mean = bench.cloud.x.mean(0);
    const torch::Tensor variance = (bench.cloud.x - mean).square().mean(0);
    const torch::Tensor exact = bench.exact.full_covariances()[0].diagonal();
    for (int64_t k = 0; k < 2; ++k) {
        const double v = exact[k].item<double>();
        EXPECT_NEAR(mean[k].item<double>(), bench.exact.means[0][k].item<double>(), 4 * std::sqrt(v / n));
        EXPECT_NEAR(variance[k].item<double>(), v, 4 * v * std::sqrt(2 / n));
    }
}

TEST(Target, KnowsDensitiesAndGradients) {
    const Bench bench(mala_move(), 50);
    const Problem same = problem();
    EXPECT_TRUE(at::allclose(bench.cloud.log_prior, same.prior->mixture()->log_density(bench.cloud.x), 1e-10, 1e-10));
    EXPECT_TRUE(at::allclose(bench.cloud.log_likelihood, same.condition->log_likelihood(bench.cloud.x), 1e-12, 1e-12));
    Cloud moved;
    allocate(moved, 50, *bench.target, torch::kFloat64, false);
    for (int64_t k = 0; k < 2; ++k) {
        constexpr double step = 1e-6;
        const auto value = [&](double by) {
            moved.x.copy_(bench.cloud.x);
            moved.x.select(1, k).add_(by);
            bench.target->evaluate(moved);
            return std::pair(moved.log_prior.clone(), moved.log_likelihood.clone());
        };
        const auto [prior_up, likelihood_up] = value(step);
        const auto [prior_down, likelihood_down] = value(-step);
        EXPECT_TRUE(
            at::allclose((prior_up - prior_down) / (2 * step), bench.cloud.prior_gradient.select(1, k), 1e-6, 1e-6));
        EXPECT_TRUE(at::allclose((likelihood_up - likelihood_down) / (2 * step),
                                 bench.cloud.likelihood_gradient.select(1, k), 1e-6, 1e-6));
    }
}

// T18: the exact posterior stays what it is, whatever the step size.
TEST(Moves, KeepTheirTarget) {
    for (const auto& [move, step] :
         {std::pair(mala_move(), 0.2), std::pair(hmc_move({}), 0.5), std::pair(random_walk_move(), 1.0)}) {
        Bench bench(move, 10000);
        const double accepted = bench.run(step, 10);
        EXPECT_GT(accepted, 0.1);
        EXPECT_LT(accepted, 0.99);
        expect_posterior(bench);
    }
}

// T18: the ratio that MALA accepts by is that of the target and of the proposal densities forward and back.
TEST(Moves, MalaIsInDetailedBalance) {
    Bench bench(mala_move(), 200);
    const torch::Tensor x = bench.cloud.x.clone();
    const torch::Tensor log_pi = bench.cloud.log_prior + bench.cloud.log_likelihood;
    const torch::Tensor gradient = bench.cloud.prior_gradient + bench.cloud.likelihood_gradient;
    constexpr double eps = 0.15;
    bench.run(eps, 1);
    const Cloud& there = bench.scratch.proposal;
    const torch::Tensor back = there.prior_gradient + there.likelihood_gradient;
    const auto log_q = [](const torch::Tensor& to, const torch::Tensor& from, const torch::Tensor& pull) {
        return (to - from - eps * pull).square().sum(1) / (-4 * eps);
    };
    const torch::Tensor ratio =
        there.log_prior + there.log_likelihood - log_pi + log_q(x, there.x, back) - log_q(there.x, x, gradient);
    EXPECT_TRUE(at::allclose(bench.scratch.acceptance, ratio.exp().clamp_max(1), 1e-9, 1e-12));
    const torch::Tensor moved = bench.cloud.x.ne(x).any(1);
    EXPECT_TRUE(torch::equal(at::where(moved.unsqueeze(1), there.x, x), bench.cloud.x));
}

TEST(Moves, AcceptEverythingInTheLimitOfSmallSteps) {
    for (const auto& move : {mala_move(), hmc_move({})}) {
        double before = 0;
        for (const double step : {0.5, 0.05, 0.0005}) {
            const double accepted = Bench(move, 5000).run(step, 1);
            EXPECT_GT(accepted, before);
            before = accepted;
        }
        EXPECT_GT(before, 0.999);
    }
}

/// A trajectory by the kernels: x and p at its end, p before its last half kick.
struct Path {
    Path(const Bench& bench, double h, int64_t leaps) : place(bench.cloud), step(h) {
        place.x = bench.cloud.x.clone();
        place.prior_gradient = bench.cloud.prior_gradient.clone();
        place.likelihood_gradient = bench.cloud.likelihood_gradient.clone();
        place.log_prior = bench.cloud.log_prior.clone();
        place.log_likelihood = bench.cloud.log_likelihood.clone();
        momentum = torch::empty_like(place.x);
        kinetic = torch::empty_like(place.log_prior);
        kernels::Leap<double> first = leap();
        first.noise = {5, kernels::Purpose::Momentum, 0};
        first.kinetic = kinetic.data_ptr<double>();
        kernels::begin_leap({}, first);
        bench.target->evaluate(place);
        go_on(bench, leaps - 1);
    }

    kernels::Leap<double> leap() {
        kernels::Leap<double> leap;
        leap.n = place.x.size(0);
        leap.dims = 2;
        leap.step = step;
        leap.at_x = {place.prior_gradient.const_data_ptr<double>(), place.likelihood_gradient.const_data_ptr<double>(),
                     1};
        leap.x = place.x.const_data_ptr<double>();
        leap.next = place.x.data_ptr<double>();
        leap.momentum = momentum.data_ptr<double>();
        return leap;
    }
    void go_on(const Bench& bench, int64_t leaps) {
        for (int64_t i = 0; i < leaps; ++i) {
            kernels::go_on_leap({}, leap());
            bench.target->evaluate(place);
        }
    }
    torch::Tensor gradient() const { return place.prior_gradient + place.likelihood_gradient; }
    torch::Tensor energy_error(const Bench& bench) const {
        const torch::Tensor p = momentum + gradient() * (step / 2);
        return place.log_prior + place.log_likelihood - bench.cloud.log_prior - bench.cloud.log_likelihood + kinetic -
               p.square().sum(1) / 2;
    }

    Cloud place;
    torch::Tensor momentum, kinetic;
    double step;
};

TEST(Leapfrog, IsReversible) {
    const Bench bench(hmc_move({}), 100);
    Path path(bench, 0.1, 20);
    // At the turning point half a kick and half a kick back cancel: the first leap back is the same momentum negated.
    path.momentum.neg_();
    path.place.x.add_(path.momentum * path.step);
    bench.target->evaluate(path.place);
    path.go_on(bench, 19);
    EXPECT_LT((path.place.x - bench.cloud.x).abs().max().item<double>(), 1e-10);
}

TEST(Leapfrog, HasAnEnergyErrorOfSecondOrder) {
    const Bench bench(hmc_move({}), 2000);
    const auto error = [&](double h, int64_t leaps) {
        return Path(bench, h, leaps).energy_error(bench).abs().mean().item<double>();
    };
    EXPECT_NEAR(error(0.1, 10) / error(0.05, 20), 4, 0.2);
    EXPECT_NEAR(error(0.05, 20) / error(0.025, 40), 4, 0.1);
}

TEST(Moves, LearnTheShapeOfAWeightedCloud) {
    torch::Tensor x = torch::empty({3000, 2}, torch::kFloat64);
    Random{2}.fill_normals(x, kernels::Purpose::Problem, 0);
    torch::Tensor log_weights = torch::empty({3000, 1}, torch::kFloat64);
    Random{3}.fill_normals(log_weights, kernels::Purpose::Problem, 0);
    log_weights = log_weights.squeeze(1).contiguous();
    log_weights[17] = -std::numeric_limits<double>::infinity();
    x[17].fill_(std::numeric_limits<double>::quiet_NaN());  // of no weight
    const double log_sum = log_weights.logsumexp(0).item<double>();
    Tuning tuning;
    torch::Tensor sums;
    const double spread = learn_shape(*random_walk_move(), x, log_weights, log_sum, sums, tuning);
    const torch::Tensor w = at::softmax(log_weights, 0).unsqueeze(1);
    const torch::Tensor known = x.nan_to_num();
    const torch::Tensor apart = known - (w * known).sum(0);
    const torch::Tensor covariance = apart.t().matmul(apart * w);
    EXPECT_TRUE(at::allclose(tuning.factor.matmul(tuning.factor.t()), covariance, 1e-8, 1e-8));
    EXPECT_NEAR(spread, covariance.diagonal().mean().item<double>(), 1e-10);
}

}  // namespace
}  // namespace drift
