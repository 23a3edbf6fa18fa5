#include "core/annealing.h"

#include "core/kernels/weights.h"
#include "support/problems.h"

#include <ATen/Parallel.h>

namespace drift {
namespace {

/// The toy of guidance.md 2.7: nine modes, three of which explain y.
Scenario toy(int64_t particles) {
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", "ais");
    std::vector<double> means;
    for (const double x : {-4.0, 0.0, 4.0}) {
        for (const double y : {-4.0, 0.0, 4.0}) {
            means.insert(means.end(), {x, y});
        }
    }
    scenario.prior.params.set("means", Array{{9, 2}, means});
    scenario.prior.params.set("covariance", Array{{}, {0.3}});
    scenario.prior.params.set("weights", test::vector(std::vector<double>(9, 1.0 / 9)));
    scenario.condition.params.set("matrix", test::row({1, 0.5}));
    scenario.condition.params.set("observation", test::vector({3}));
    scenario.condition.params.set("noise", std::sqrt(0.2));
    scenario.particles = particles;
    return scenario;
}

/// With the ladder that CESS = n / 2 gives there, and the moves of 2.7.
Scenario fixed(int64_t particles) {
    Scenario scenario = toy(particles);
    ParamSet& params = scenario.sampler.params;
    params.set("ladder", std::string("drawn"));
    params.set("beta", Curve({{0, 0}, {1.0 / 3, 0.0488}, {2.0 / 3, 0.5096}, {1, 1}}, Interpolation::Linear));
    params.set("rungs", int64_t{3});
    params.set("step_size", 0.02);
    params.set("tune", false);
    return scenario;
}

std::vector<StepNumbers> states_of(drift::Run& run) {
    std::vector<StepNumbers> states;
    while (!run.finished()) {
        states.push_back(run.advance()->numbers);
    }
    return states;
}

constexpr double exact_log_z = -2.60979;

struct Ensemble {
    std::vector<double> ratio, told;
};

Ensemble repeat(Scenario scenario, int64_t runs) {
    Ensemble result;
    for (int64_t r = 0; r < runs; ++r) {
        scenario.seed = 1000 + static_cast<uint64_t>(r);
        drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
        const StepNumbers last = states_of(run).back();
        result.ratio.push_back(std::exp(last.log_z - exact_log_z));
        result.told.push_back(last.log_z_sd * last.log_z_sd);
    }
    return result;
}

void expect_unbiased(const Ensemble& ensemble) {
    const test::Repeated ratio = test::repeated(ensemble.ratio);
    EXPECT_LT(std::abs(ratio.mean - 1), 4 * ratio.error) << "mean " << ratio.mean << " +- " << ratio.error;
}

// T17: the ladder that the conditional ESS gives. With log Z_beta in closed form, Z(b)^2 = Z(a) Z(2 b - a) / 2 has the
// solutions 0.04932 and 0.49658; the 0.0488 and 0.5096 of guidance.md 2.7 are those of one cloud of particles.
TEST(Ais, FindsTheLadderOfTheToy) {
    drift::Run run(toy(50'000), {Device::Cpu, Precision::Float64, false});
    EXPECT_NEAR(*run.scene()->exact_log_z, exact_log_z, 1e-5);
    EXPECT_TRUE(run.scene()->open_ended);
    const std::vector<StepNumbers> states = states_of(run);
    ASSERT_EQ(states.size(), 4U);
    EXPECT_EQ(run.steps(), 3);
    EXPECT_EQ(states[0].beta, 0);
    EXPECT_NEAR(states[1].beta, 0.04932, 0.001);
    EXPECT_NEAR(states[2].beta, 0.49658, 0.015);
    EXPECT_EQ(states[3].beta, 1);
    EXPECT_NEAR(states[1].ess, 25'000, 1) << "from equal weights the conditional ESS is the ESS";
    EXPECT_NEAR(states[3].log_z, exact_log_z, 4 * states[3].log_z_sd);
    const Summary summary = run.summary();
    EXPECT_LT(summary.mode_mass_tv, 0.02);
    EXPECT_EQ(summary.steps, 3);
    std::vector<double> weights = run.scene()->posterior->weights;
    std::ranges::sort(weights, std::greater<>());
    for (size_t j = 0; j < 3; ++j) {
        EXPECT_NEAR(weights[j], 1.0 / 3, 0.002) << "of three modes";
    }
}

TEST(Ais, FindsTheLadderOfTheSpecificationInCloudsOfAHundred) {
    std::vector<double> first, second;
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        Scenario scenario = toy(100);
        scenario.seed = seed;
        drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
        const std::vector<StepNumbers> states = states_of(run);
        EXPECT_EQ(states.back().beta, 1);
        first.push_back(states.at(1).beta);
        second.push_back(states.at(2).beta);
    }
    EXPECT_NEAR(test::repeated(first).mean, 0.0488, test::repeated(first).deviation);
    EXPECT_NEAR(test::repeated(second).mean, 0.5096, test::repeated(second).deviation);
}

// T17: E[Z-hat / Z] = 1 with a fixed ladder and fixed moves, with resampling and without.
TEST(Ais, EstimatesTheEvidenceWithoutBias) {
    const Ensemble resampled = repeat(fixed(100), 3000);  // as in the specification: a standard error of .0040
    expect_unbiased(resampled);
    EXPECT_NEAR(test::repeated(resampled.ratio).error, 0.0040, 0.0004);
    Scenario without = fixed(500);
    without.sampler.params.set("resample_below", 0.0);
    expect_unbiased(repeat(without, 400));
    Scenario every_state = fixed(64);
    every_state.sampler.params.set("waste_free", true);
    expect_unbiased(repeat(every_state, 200));
}

TEST(Ais, IsUnbiasedWhenAndInWhateverOrderItResamples) {
    Scenario scenario = fixed(64);
    scenario.sampler.params.set("resample_every", int64_t{2});
    expect_unbiased(repeat(scenario, 200));
    scenario.sampler.params.set("resample_every", int64_t{1});
    const Samples as_numbered = test::finished(scenario).samples();
    scenario.sampler.params.set("order", std::string("hilbert"));
    EXPECT_NE(test::finished(scenario).samples().values, as_numbered.values);
    expect_unbiased(repeat(scenario, 200));
}

TEST(Ais, ResamplesAtEverySoManiethRungOnDemand) {
    Scenario scenario = toy(64);
    scenario.sampler.params.set("ladder", std::string("power"));
    scenario.sampler.params.set("rungs", int64_t{9});
    scenario.sampler.params.set("resample_every", int64_t{4});
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    for (const StepNumbers& state : states_of(run)) {
        EXPECT_EQ(state.resampled, state.step == 4 || state.step == 8) << state.step;
    }
}

TEST(Ais, ShowsTheWeightsThatParentsWereDrawnBy) {
    Scenario scenario = toy(64);
    scenario.sampler.params.set("resampling", std::string("systematic"));
    drift::Run run(scenario);
    int resampled = 0;
    while (!run.finished()) {
        const FramePtr shown = run.advance();
        const Frame& frame = *shown;
        ASSERT_EQ(frame.parent_weights.empty(), !frame.numbers.resampled);
        std::vector<int> children(64);
        for (size_t i = 0; i < frame.ancestors.size(); ++i) {
            ++children[static_cast<size_t>(frame.ancestors[i])];
        }
        for (size_t i = 0; i < frame.parent_weights.size(); ++i) {  // systematic: floor or ceiling of n W
            EXPECT_LT(std::abs(static_cast<double>(children[i]) - 64. * static_cast<double>(frame.parent_weights[i])),
                      1.0001);
        }
        resampled += frame.numbers.resampled ? 1 : 0;
    }
    EXPECT_GT(resampled, 1);
}

TEST(Ais, RefusesAnOccasionOrAnOrderForChainsThatKeepAllStates) {
    Scenario scenario = toy(64);
    scenario.sampler.params.set("waste_free", true);
    EXPECT_NO_THROW(drift::Run{scenario});
    Scenario seldom = scenario;
    seldom.sampler.params.set("resample_every", int64_t{2});
    EXPECT_THROW(drift::Run{seldom}, UserError);
    Scenario in_line = scenario;
    in_line.sampler.params.set("order", std::string("hilbert"));
    EXPECT_THROW(drift::Run{in_line}, UserError);
}

TEST(Ais, IsUnbiasedOnceAPilotRunHasSettledEverything) {
    Scenario scenario = toy(64);
    scenario.sampler.params.set("pilot", true);
    for (const std::string move : {"mala", "hmc", "random_walk"}) {
        scenario.sampler.params.set("move", move);
        expect_unbiased(repeat(scenario, 100));
    }
}

TEST(Ais, KnowsItsOwnError) {
    const Ensemble ensemble = repeat(fixed(64), 400);
    const double seen = std::pow(test::repeated(ensemble.ratio).deviation, 2);
    const double told = test::repeated(ensemble.told).mean;
    EXPECT_NEAR(told / seen, 1, 0.3) << "told " << told << ", seen " << seen;
}

TEST(Ais, SettlesTheLadderBeforehandInAPilotRun) {
    Scenario scenario = toy(500);
    scenario.sampler.params.set("pilot", true);
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    const std::vector<StepNumbers> settled = states_of(run);
    scenario.sampler.params.set("pilot", false);
    drift::Run plain(scenario, {Device::Cpu, Precision::Float64, false});
    const std::vector<StepNumbers> adapted = states_of(plain);
    EXPECT_NE(settled[1].beta, adapted[1].beta) << "other random numbers";
    EXPECT_GT(settled[0].denoiser_calls, 500);
}

/// A state with uneven weights and an asymmetric log likelihood.
State uneven(int64_t n) {
    State state;
    state.log_weights = torch::linspace(-3, 1, n, torch::kFloat64).square().neg();
    state.chains.cloud.log_likelihood = torch::linspace(-30, 2, n, torch::kFloat64).exp().neg() * 40;
    return state;
}

// T17: the bisection finds CESS = rho n, whatever the weights.
TEST(Ladder, LeavesTheConditionalEssThatWasAskedFor) {
    constexpr int64_t n = 4000;
    const State state = uneven(n);
    torch::Tensor increments = torch::empty({n}, torch::kFloat64);
    torch::Tensor sums = torch::empty({kernels::weight_scratch_size(n)}, torch::kFloat64);
    for (const double beta : {0.0, 0.01}) {
        for (const double rho : {0.9, 0.95, 0.99}) {
            const double next = next_beta(state, beta, rho, increments, sums);
            ASSERT_GT(next, beta);
            ASSERT_LT(next, 1);
            const torch::Tensor w = at::softmax(state.log_weights, 0);
            const torch::Tensor u = ((next - beta) * state.chains.cloud.log_likelihood).exp();
            const double first = (w * u).sum().item<double>();
            const double cess = static_cast<double>(n) * first * first / (w * u * u).sum().item<double>();
            EXPECT_LT(std::abs(cess - rho * n), 1e-6 * n) << beta << " " << rho;
        }
    }
    EXPECT_EQ(next_beta(state, 0.3, 1e-3, increments, sums), 1) << "one leap is enough";
}

/// A standard normal prior whose likelihood is 1 beyond 1.5 and 0 before it.
class HalfLine final : public Target {
public:
    std::vector<int64_t> shape() const override { return {1}; }
    int64_t draw_prior(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
        return 0;
    }
    void evaluate(Cloud& cloud) const override {
        const torch::Tensor x = cloud.x.squeeze(1).to(torch::kFloat64);
        cloud.log_prior.copy_(x.square() / -2);
        cloud.log_likelihood.copy_(at::where(x > 1.5, 0.0, -std::numeric_limits<double>::infinity()));
    }
};

// guidance.md 2.6: where too few draws have any likelihood, the first rung drops the others and says so.
TEST(Ladder, DropsParticlesWithoutAnyLikelihood) {
    Task task = test::task(toy(1));
    task.options = torch::kFloat64;
    for (const double threshold : {0.0, 0.9}) {
        AnnealingOptions options;
        options.step_size = 1;
        options.resample_below = threshold;
        const auto sampler = annealing(task, std::make_shared<const HalfLine>(), random_walk_move(), options);
        std::array<State, 2> states;
        sampler->init(states[0], 20000, {4});
        size_t at = 0;
        for (int i = 0; i < 5 && !states.at(at).finished; ++i) {
            sampler->step(states.at(at), states.at(1 - at), {4});
            at = 1 - at;
        }
        const State& last = states.at(at);
        ASSERT_TRUE(last.finished);
        EXPECT_EQ(last.step, 2);
        EXPECT_NEAR(std::exp(last.numbers.log_z), 0.0668072, 4 * std::sqrt(0.0668 / 20000));
        EXPECT_EQ(last.numbers.non_finite, 0);
        ASSERT_EQ(last.warnings.size(), 1U);
        const torch::Tensor weights = (last.log_weights - last.log_sum).exp();
        EXPECT_NEAR((weights * last.x.squeeze(1).gt(1.5)).sum().item<double>(), 1, 1e-12);
    }
}

TEST(Ladder, LeapsToTheEndWhereTheRungsRunOut) {
    Scenario scenario = toy(2000);
    scenario.sampler.params.set("rungs", int64_t{2});
    drift::Run run(scenario);
    const std::vector<StepNumbers> states = states_of(run);
    EXPECT_EQ(states.size(), 3U);
    EXPECT_EQ(states.back().beta, 1);
    ASSERT_EQ(run.summary().warnings.size(), 1U);
    EXPECT_NE(run.summary().warnings[0].find("leap"), std::string::npos);
}

TEST(Ladder, FollowsItsFormula) {
    Scenario scenario = toy(100);
    ParamSet& params = scenario.sampler.params;
    params.set("rungs", int64_t{4});
    params.set("ladder", std::string("power"));
    params.set("power", 3.0);
    drift::Run power(scenario);
    EXPECT_DOUBLE_EQ(states_of(power)[2].beta, 0.125);
    params.set("ladder", std::string("geometric"));
    params.set("first_beta", 1e-3);
    drift::Run geometric(scenario);
    const std::vector<StepNumbers> states = states_of(geometric);
    EXPECT_NEAR(states[1].beta, 1e-3, 1e-15);
    EXPECT_NEAR(states[3].beta, 0.1, 1e-12);
    EXPECT_EQ(states[4].beta, 1);
    params.set("ladder", std::string("drawn"));
    params.set("beta", Curve({{0, 0.5}, {1, 0.2}}, Interpolation::Linear));
    EXPECT_THROW(drift::Run{scenario}, UserError);
}

// T25: annealing without resampling, ladder and moves fixed.
TEST(Ais, MovesEachParticleByItselfWithoutResampling) {
    Scenario scenario = fixed(60);
    scenario.sampler.params.set("resample_below", 0.0);
    const Samples many = test::finished(scenario).samples();
    scenario.particles = 23;
    const Samples few = test::finished(scenario).samples();
    EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), many.values.begin()));
    for (size_t i = 1; i < 23; ++i) {
        EXPECT_NEAR(few.log_weights[i] - few.log_weights[0], many.log_weights[i] - many.log_weights[0], 1e-12);
    }
}

// T24 for every move, with all that is learnt from the cloud.
TEST(Ais, GivesTheSameNumbersOnOneThreadAndOnMany) {
    const int before = at::get_num_threads();
    for (const std::string move : {"mala", "hmc", "random_walk", "langevin"}) {
        Scenario scenario = toy(3000);
        scenario.sampler.params.set("move", move);
        scenario.sampler.params.set("waste_free", move == "mala");
        scenario.sampler.params.set("leapfrogs", int64_t{3});
        scenario.sampler.params.set("rungs", int64_t{4});
        at::set_num_threads(1);
        const Samples one = test::finished(scenario, Precision::Float32).samples();
        at::set_num_threads(3);
        const Samples many = test::finished(scenario, Precision::Float32).samples();
        EXPECT_EQ(one.values, many.values) << move;
        EXPECT_EQ(one.log_weights, many.log_weights) << move;
    }
    at::set_num_threads(before);
}

TEST(Ais, KeepsAllStatesOfFewChains) {
    Scenario scenario = toy(100);  // chains of six states: 17 of them, the last ones shorter
    scenario.sampler.params.set("waste_free", true);
    drift::Run run(scenario, {Device::Cpu, Precision::Float32, true});
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        EXPECT_TRUE(std::is_sorted(frame->ancestors.begin(), frame->ancestors.end()));
        if (frame->numbers.step > 0) {
            EXPECT_LE(frame->numbers.distinct_parents, 17);
            EXPECT_TRUE(frame->numbers.resampled);
        }
        EXPECT_EQ(frame->last, run.finished());
    }
}

}  // namespace
}  // namespace drift
