// A map that only turns the noise leaves the problem what it is: the posterior of z is that without the map, turned
// back (trained_samplers.md 6.5, "Equivalence across f").
#include "core/metrics.h"
#include "support/settings.h"
#include "support/trained.h"
#include "support/twists.h"

#include <torch/types.h>  // nested lists in torch::tensor

namespace drift {
namespace {

/// A rotation in the plane.
torch::Tensor turn() {
    return torch::tensor({{0.6, -0.8}, {0.8, 0.6}}, torch::kFloat64);
}

/// x = Q z of two numbers, or x = z, under a measurement that tells directions apart.
Scenario turned(const torch::Tensor& q, const std::string& sampler = "tds") {
    Scenario scenario = test::linear_outsourced(sampler);
    const double* entries = q.const_data_ptr<double>();
    scenario.prior.params.set("matrix", Array{{2, 2}, std::vector<double>(entries, entries + 4)});
    scenario.prior.params.set("offset", test::vector({0, 0}));
    scenario.condition.params.set("matrix", test::row({1, 0.3}));
    scenario.schedule.params.set("steps", int64_t{30});
    return scenario;
}

// With noise that is turned along, every step is the same to rounding.
TEST(Outsourced, TurnsEveryStepAlongWithTheNoise) {
    const torch::Tensor q = turn();
    const Task plain = test::noise_task(turned(torch::eye(2, torch::kFloat64)));
    const Task task = test::noise_task(turned(q));
    for (const ErrorModel model : {ErrorModel::Point, ErrorModel::Pigdm, ErrorModel::Tweedie}) {
        const auto twist = make_twist(task.problem, {model}), plain_twist = make_twist(plain.problem, {model});
        torch::Tensor z = test::cloud(100, 2, 20);
        torch::Tensor x = z.matmul(q.t());
        for (int64_t k = 0; k + 1 < task.schedule.steps(); ++k) {
            const double sigma = task.schedule.at(k), next = task.schedule.at(k + 1);
            const double tau = injected_noise(sigma, next, 1), c = keep_factor(sigma, next, tau);
            const Evaluation at_z = test::evaluate(*twist, z, sigma), at_x = test::evaluate(*plain_twist, x, sigma);
            ASSERT_LT(test::largest(at_z.log_twist, at_x.log_twist), 1e-9 * at_x.log_twist.abs().max().item<double>());
            torch::Tensor noise = torch::empty_like(z);
            Random{5}.fill_normals(noise, kernels::Purpose::Proposal, k);
            z = (1 - c) * (at_z.denoised + at_z.pull) + c * z + tau * noise;
            x = (1 - c) * (at_x.denoised + at_x.pull) + c * x + tau * noise.matmul(q.t());
            ASSERT_LT(test::largest(z.matmul(q.t()), x), 1e-9) << k;
        }
    }
}

/// 1,000 latent particles of a run, each as often as its weight says.
torch::Tensor latents(Scenario scenario, uint64_t seed) {
    scenario.seed = seed;
    scenario.particles = 1000;
    const Samples samples = test::finished(scenario).samples();
    const torch::Tensor z = torch::tensor(samples.latents).to(torch::kFloat64).view({-1, 2});
    const torch::Tensor share = torch::tensor(samples.log_weights, torch::kFloat64).exp().cumsum(0);
    const torch::Tensor places = (torch::arange(z.size(0), torch::kFloat64) + 0.5) / static_cast<double>(z.size(0));
    return z.index_select(0, at::searchsorted(share, places).clamp_max(z.size(0) - 1));
}

// Runs with and without the map are as far apart as two runs without it.
TEST(Outsourced, TurnsThePosteriorBack) {
    const torch::Tensor q = turn();
    std::vector<double> excess;
    for (uint64_t seed = 1; seed <= 24; ++seed) {
        const Scenario plain = turned(torch::eye(2, torch::kFloat64));
        const torch::Tensor one = latents(plain, seed);
        const torch::Tensor with_map = latents(turned(q), seed + 100).matmul(q.t());
        excess.push_back(sliced_wasserstein(with_map, {}, one) -
                         sliced_wasserstein(latents(plain, seed + 200), {}, one));
    }
    const test::Repeated difference = test::repeated(excess);
    EXPECT_LT(std::abs(difference.mean), 4 * difference.error) << difference.mean << " +- " << difference.error;
    EXPECT_LT(difference.error, 0.01) << "a tenth of the spread were seen";
}

/// A scenario that samples from the weights of a training of its own.
Scenario after_training(Scenario scenario, const std::string& folder, const std::string& name) {
    scenario.folder = folder;
    test::set_values(scenario, {{"sampler.iterations", "500"}, {"particles", "1000"}});
    test::finished(scenario, Precision::Float32).save_training(folder + "/" + name);
    scenario.sampler.params.set("weights", name);
    return scenario;
}

/// 1,000 latents as a policy draws them.
torch::Tensor drawn_latents(Scenario scenario, uint64_t seed) {
    scenario.seed = seed;
    const Samples samples = test::finished(scenario, Precision::Float32).samples();
    return torch::tensor(samples.latents).to(torch::kFloat64).view({-1, 2});
}

// Two trainings that see different maps: what they sample is as near to each other as two exact sets are, and 10 %.
TEST(Outsourced, LearnsTheSameThroughATurn) {
    const torch::Tensor q = turn();
    const std::string folder = test::own_folder("drift_turned");
    const Scenario plain = after_training(turned(torch::eye(2, torch::kFloat64), "outsourced"), folder, "plain");
    const Scenario with_map = after_training(turned(q, "outsourced"), folder, "turned");
    const GaussianMixture exact = test::noise_task(plain).problem.exact->posterior;
    const auto draws = [&](uint64_t seed) { return exact.sample(1000, Random{seed}, kernels::Purpose::Metric); };
    std::vector<double> distances, floors;
    for (uint64_t seed = 1; seed <= 100; ++seed) {
        distances.push_back(
            sliced_wasserstein(drawn_latents(with_map, seed + 1000).matmul(q.t()), {}, drawn_latents(plain, seed)));
        floors.push_back(sliced_wasserstein(draws(seed), {}, draws(seed + 1000)));
    }
    const test::Repeated distance = test::repeated(distances), floor = test::repeated(floors);
    EXPECT_LT(distance.mean, 1.1 * floor.mean) << distance.error << ", " << floor.error;
}

}  // namespace
}  // namespace drift
