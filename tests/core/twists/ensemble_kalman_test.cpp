#include "core/conditions/measured_condition.h"
#include "core/twists/gradient_free.h"
#include "support/disguise.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

constexpr double variance = 0.7;
constexpr double sigma = 0.9;

Problem seen_with_noise() {
    return test::task(test::t9_scenario("dps")).problem;
}

/// Draws of the Gaussian prior of t9_scenario under noise sigma.
torch::Tensor noisy_draws(int64_t n) {
    return cloud(n, 2, std::sqrt(variance + sigma * sigma)) + torch::tensor({0.5, -0.3}, torch::kFloat64);
}

/// Cov(a, b) over rows.
torch::Tensor covariance(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - a.mean(0)).t().matmul(b - b.mean(0)) / static_cast<double>(a.size(0));
}

struct Seen {
    torch::Tensor u, e;
    double noise_squared = 0;
};

Seen seen(const Problem& problem, const torch::Tensor& denoised) {
    const LinearGaussian& measurement = *problem.condition->linear();
    const torch::Tensor u = measurement.A->forward(denoised);
    return {u, measurement.y - u, measurement.noise * measurement.noise};
}

Problem two_measurements() {
    Scenario scenario = test::scene_a("dps");
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0.4, -0.3, 1.2}});
    scenario.condition.params.set("observation", test::vector({-1, 0.7}));
    return test::task(scenario).problem;
}

TEST(EnsembleTwist, IsTheKalmanGainOfItsEnsemble) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(300, 2, 3);
    const Evaluation out = evaluate(*ensemble_twist(test::opaque(problem), {}), x, sigma);
    const Seen measured = seen(problem, out.denoised);
    const double size = covariance(out.denoised, out.denoised).trace().item<double>() / 2;
    const double scale = denoised_variance(sigma, problem.prior->data_variance()) / size;
    const torch::Tensor shared = covariance(out.denoised, measured.u) * scale;
    const torch::Tensor total =
        covariance(measured.u, measured.u) * scale + measured.noise_squared * torch::eye(2, torch::kFloat64);
    const torch::Tensor gain = shared.matmul(at::linalg_inv(total));
    EXPECT_LT(largest(out.pull, measured.e.matmul(gain.t())), 1e-10);
    EXPECT_GT(out.pull.abs().max().item<double>(), 0.1);
}

// With the exact gain D + K (y - A D) is E[x0 | x, y] for a Gaussian prior. The gain of an ensemble is off by
// sqrt((V_d1 V_u + C_1u^2 + V_d2 V_u + C_2u^2) / n) / |C_du| = 1.73 / sqrt(n) here.
TEST(EnsembleTwist, LeadsToThePosteriorMeanOfAGaussian) {
    const Problem problem = seen_with_noise();
    const auto pigdm = linear_twist(problem, {ErrorModel::Pigdm, PullForm::Score, variance});
    for (const int64_t n : {500, 20000}) {
        const torch::Tensor x = noisy_draws(n);
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, {}), x, sigma).pull;
        const torch::Tensor exact = evaluate(*pigdm, x, sigma).pull;
        EXPECT_LT((pull - exact).norm().item<double>(),
                  4 * 1.73 / std::sqrt(static_cast<double>(n)) * exact.norm().item<double>());
    }
}

TEST(EnsembleTwist, NormalisesByTheMatrixOfAllPairs) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(40, 2, 3);
    EnsembleOptions options;
    options.gain = false;
    const Evaluation out = evaluate(*ensemble_twist(problem, options), x, sigma);
    const Seen measured = seen(problem, out.denoised);
    const torch::Tensor g = measured.e / measured.noise_squared;
    const torch::Tensor pairs = g.matmul((measured.u - measured.u.mean(0)).t()) / 40;
    const torch::Tensor shift = pairs.matmul(out.denoised - out.denoised.mean(0)) / pairs.norm();
    EXPECT_LT(largest(out.pull, shift), 1e-10);
    EXPECT_GT(out.pull.abs().max().item<double>(), 0.1);
}

TEST(EnsembleTwist, KeepsGroupsApart) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(25, 2, 3);
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const auto whole = ensemble_twist(problem, options);
        options.ensemble = 12;  // two groups, of 12 and 13
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, options), x, sigma).pull;
        for (const auto& [begin, end] : std::vector<std::pair<int64_t, int64_t>>{{0, 12}, {12, 25}}) {
            const torch::Tensor alone = evaluate(*whole, x.slice(0, begin, end), sigma).pull;
            EXPECT_LT(largest(pull.slice(0, begin, end), alone), 1e-12);
        }
        EXPECT_GT(largest(pull, evaluate(*whole, x, sigma).pull), 1e-3);
    }
}

TEST(EnsembleTwist, LeavesOutParticlesThatAreNotFinite) {
    const Problem problem = seen_with_noise();
    torch::Tensor x = cloud(30, 2, 2);
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const auto twist = ensemble_twist(problem, options);
        const torch::Tensor others = evaluate(*twist, x.slice(0, 0, 29), sigma).pull;
        torch::Tensor broken = x.clone();
        broken[29][0] = INFINITY;
        const torch::Tensor pull = evaluate(*twist, broken, sigma).pull;
        EXPECT_LT(largest(pull.slice(0, 0, 29), others), 1e-12);
    }
}

// One particle has no spread to move along.
TEST(EnsembleTwist, DoesNotMoveASingleParticle) {
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const torch::Tensor pull = evaluate(*ensemble_twist(seen_with_noise(), options), cloud(1, 2, 2), sigma).pull;
        EXPECT_EQ(pull.abs().max().item<double>(), 0);
    }
}

/// The same measurement, of which nothing is known but its values.
class OnlyValues final : public ForwardOperator {
public:
    explicit OnlyValues(std::shared_ptr<const ForwardOperator> h) : h_(std::move(h)) {}
    int64_t input_size() const override { return h_->input_size(); }
    int64_t output_size() const override { return h_->output_size(); }
    torch::Tensor forward(const torch::Tensor& x) const override { return h_->forward(x); }
    torch::Tensor pullback(const torch::Tensor&, const torch::Tensor&) const override {
        throw std::logic_error("a black box was differentiated");
    }

private:
    std::shared_ptr<const ForwardOperator> h_;
};

Problem measured_as(Problem problem, std::shared_ptr<const NoiseModel> noise) {
    const Measured& known = *problem.condition->measured();
    problem.condition =
        measured_condition({std::make_shared<const OnlyValues>(known.h), nullptr, known.y, std::move(noise)});
    return problem;
}

TEST(EnsembleTwist, IsTheSameToTheBitWhereTheMeasurementIsABlackBox) {
    const Problem problem = two_measurements();
    const Problem hidden = measured_as(problem, problem.condition->measured()->noise);
    const torch::Tensor x = cloud(301, 2, 3);
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, options), x, sigma).pull;
        EXPECT_TRUE(torch::equal(evaluate(*ensemble_twist(test::opaque(hidden), options), x, sigma).pull, pull));
    }
}

// Noise whose stand-in is the same for all particles counts by that in the gain, and by its own slope in the norm.
TEST(EnsembleTwist, TakesNoiseOfOneVarianceForAllParticles) {
    const Problem gaussian = two_measurements();
    const torch::Tensor x = cloud(80, 2, 3);
    const Evaluation at_x = evaluate(*ensemble_twist(gaussian, {}), x, sigma);
    const Measured& known = *gaussian.condition->measured();
    const torch::Tensor u = known.h->forward(at_x.denoised);
    const torch::Tensor c_du = covariance(at_x.denoised, u), c_uu = covariance(u, u);
    const double scale = denoised_variance(sigma, gaussian.prior->data_variance()) /
                         (covariance(at_x.denoised, at_x.denoised).trace().item<double>() / 2);
    for (const auto& noise : {gaussian_noise(0.4), quantised_noise(0.5, 0.2), poisson_noise(3, 0.1, 4)}) {
        const Problem problem = measured_as(gaussian, noise);
        const torch::Tensor s = noise->proxy_variance(known.y, u).mean(0);
        const torch::Tensor gain = (c_du * scale).matmul(at::linalg_inv(c_uu * scale + at::diag(s)));
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, {}), x, sigma).pull;
        EXPECT_LT(largest(pull, (noise->middle(known.y) - u).matmul(gain.t())), 1e-10);
        EnsembleOptions norm;
        norm.gain = false;
        const torch::Tensor pairs = noise->gradient(known.y, u).matmul((u - u.mean(0)).t()) / 80;
        const torch::Tensor shift = pairs.matmul(at_x.denoised - at_x.denoised.mean(0)) / pairs.norm();
        EXPECT_LT(largest(evaluate(*ensemble_twist(problem, norm), x, sigma).pull, shift), 1e-10);
    }
}

// Heavy tails: each particle goes to the best point near its D in the metric of the ensemble, whatever the errors of
// the others are: pull = C_du a with the least a . C_uu a / 2 - log p(y | u + C_uu a).
TEST(EnsembleTwist, WeighsEachValueOfEachParticleByItsOwnError) {
    const Problem gaussian = two_measurements();
    const torch::Tensor x = cloud(80, 2, 3);
    const Evaluation at_x = evaluate(*ensemble_twist(gaussian, {}), x, sigma);
    const Measured& known = *gaussian.condition->measured();
    const torch::Tensor u = known.h->forward(at_x.denoised);
    const double scale = denoised_variance(sigma, gaussian.prior->data_variance()) /
                         (covariance(at_x.denoised, at_x.denoised).trace().item<double>() / 2);
    const torch::Tensor c_ud = covariance(u, at_x.denoised) * scale, c_uu = covariance(u, u) * scale;
    for (const auto& noise : {student_t_noise(3, 0.4), laplace_noise(0.4)}) {
        const auto objective = [&](const torch::Tensor& a) {
            return (a.matmul(c_uu) * a).sum(1) / 2 - noise->log_density(known.y, u + a.matmul(c_uu));
        };
        const torch::Tensor pull = evaluate(*ensemble_twist(measured_as(gaussian, noise), {}), x, sigma).pull;
        const torch::Tensor a = pull.matmul(at::linalg_inv(c_ud));
        const torch::Tensor s = noise->proxy_variance(known.y, u).mean(0);
        const torch::Tensor shared = (known.y - u).matmul(at::linalg_inv(c_uu + at::diag(s)));
        EXPECT_LT((objective(a) - objective(shared)).max().item<double>(), 1e-3);
        EXPECT_LT((objective(a) - objective(shared)).mean().item<double>(), -0.1);
        EXPECT_LT((objective(a) - objective(a * 0.99)).max().item<double>(), 1e-3) << "no way to go along the line";
    }
}

TEST(EnsembleTwist, LeavesAloneWhatHasNoFiniteParticle) {
    const Problem problem = measured_as(two_measurements(), student_t_noise(3, 0.4));
    const torch::Tensor x = torch::full({4, 2}, NAN, torch::kFloat64);
    EXPECT_NO_THROW(evaluate(*ensemble_twist(problem, {}), x, sigma));
}

TEST(EnsembleTwist, NeedsAMeasurement) {
    try {
        ensemble_twist(test::black_box(seen_with_noise()), {});
        FAIL();
    } catch (const UserError& error) {
        const std::string sentence = error.what();
        EXPECT_NE(sentence.find("'sampler.type' is ensemble_kalman"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("accepted are linear_gaussian, nonlinear"), std::string::npos) << sentence;
    }
    EXPECT_FALSE(ensemble_twist(test::task(test::scenario("gaussian", "none", "dps")).problem, {})->has_pull());
}

// In one dimension the covariance has no shape, so that under the same noise the run is that of exact guidance.
TEST(EnsembleKalman, IsExactGuidanceInOneDimension) {
    Scenario kalman = test::line_scenario("ensemble_kalman", 1.5, 0.1, 40);
    Scenario exact = test::line_scenario("pigdm", 1.5, 0.1, 40);
    kalman.particles = exact.particles = 50;
    const Samples a = test::finished(kalman).samples();
    const Samples b = test::finished(exact).samples();
    for (size_t i = 0; i < a.values.size(); ++i) {
        EXPECT_NEAR(a.values[i], b.values[i], 1e-5);
    }
}

// In two the ensemble grows narrow along what was measured, and its gain with it: it stops short of the posterior mean
// (1.4748, 0.0908), on the way there from the prior's (0.5, -0.3).
TEST(EnsembleKalman, MovesTowardsThePosteriorMeanOfAGaussian) {
    Scenario scenario = test::t9_scenario("ensemble_kalman");
    scenario.particles = 5000;
    const Samples samples = test::finished(scenario).samples();
    const double first = (test::moments(samples, 0).mean - 0.5) / 0.9748;
    const double second = (test::moments(samples, 1).mean + 0.3) / 0.3908;
    for (const double share : {first, second}) {
        EXPECT_GT(share, 0.85);
        EXPECT_LT(share, 1.1);
    }
}

/// E[x | y] for a distance from the origin that was measured, by sums over a grid around N(mean, variance I).
std::vector<double> mean_on_a_grid(const std::vector<double>& mean, double prior_variance, double y, double noise) {
    constexpr int64_t cells = 400;
    const torch::Tensor along = torch::linspace(-5, 5, cells, torch::kFloat64);
    const torch::Tensor a = (along + mean[0]).repeat_interleave(cells), b = (along + mean[1]).repeat(cells);
    const torch::Tensor log_prior = ((a - mean[0]).square() + (b - mean[1]).square()) / (-2 * prior_variance);
    const torch::Tensor e = y - (a.square() + b.square()).sqrt();
    const torch::Tensor share = at::softmax(log_prior - e.square() / (2 * noise * noise), 0);
    return {(share * a).sum().item<double>(), (share * b).sum().item<double>()};
}

// A distance bends what was measured: from the mean of the prior, (2, 1) at 2.24, to 3.2.
TEST(EnsembleKalman, MovesTowardsThePosteriorMeanOfASensorThatBends) {
    const std::vector<double> prior{2, 1};
    Scenario scenario = test::scenario("gaussian", "nonlinear", "ensemble_kalman");
    scenario.prior.params.set("mean", test::vector(prior));
    scenario.prior.params.set("covariance", Array{{}, {0.5}});
    scenario.condition.params.set("observation", test::vector({3.2}));
    scenario.condition.params.set("noise", 0.3);
    scenario.particles = 3000;
    const std::vector<double> exact = mean_on_a_grid(prior, 0.5, 3.2, 0.3);
    const Samples samples = test::finished(scenario).samples();
    for (size_t k = 0; k < 2; ++k) {
        const double share = (test::moments(samples, k).mean - prior[k]) / (exact[k] - prior[k]);
        EXPECT_GT(share, 0.85) << k;
        EXPECT_LT(share, 1.1) << k;
    }
}

// Through a map that winds space up, and seen by sensors that are not Gaussian.
TEST(EnsembleKalman, GoesThroughADecoderInNoiseSpace) {
    for (const std::string noise : {"gaussian", "student_t", "laplace", "quantised"}) {
        Scenario scenario = test::scenario("map", "linear_gaussian", "ensemble_kalman");
        scenario.prior.params.set("function", std::string("swirl"));
        scenario.condition.params.set("noise_model", noise);
        scenario.condition.params.set("observation", test::vector({1.5}));
        scenario.sampler.params.set("space", std::string("noise"));
        scenario.particles = 500;
        const Summary guided = test::finished(scenario).summary();
        EXPECT_EQ(guided.non_finite, 0) << noise;
        scenario.sampler.params.set("guidance", Curve(0));
        EXPECT_LT(guided.residual, 0.8 * test::finished(scenario).summary().residual) << noise;
    }
}

TEST(EnsembleKalman, TakesMagnitudesAndCounts) {
    for (const std::string condition : {"phase_retrieval", "linear_gaussian"}) {
        Scenario scenario = test::scene_a("ensemble_kalman");
        scenario.condition = default_choice(Kind::Condition, condition);
        if (condition == "linear_gaussian") {
            scenario.condition.params.set("noise_model", std::string("poisson"));
            scenario.condition.params.set("observation", test::vector({2}));
        }
        scenario.particles = 300;
        EXPECT_EQ(test::finished(scenario).summary().non_finite, 0) << condition;
    }
}

TEST(EnsembleKalman, EndsCloserToTheObservationThanThePrior) {
    Scenario scenario = test::scene_a("ensemble_kalman");
    scenario.particles = 1000;
    const double guided = test::finished(scenario).summary().residual;
    scenario.sampler.params.set("guidance", Curve(0));
    const double plain = test::finished(scenario).summary().residual;
    EXPECT_LT(guided, 0.6 * plain);
}

}  // namespace
}  // namespace drift
