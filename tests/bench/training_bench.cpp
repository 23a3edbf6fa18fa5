// Iterations of training a second: a diffusion sampler on the 25 modes by trajectory balance with exploration, beside
// the plain LibTorch version that keeps the graph of all steps, and what it costs by number of steps, batch and
// dimension. The same target in more dimensions has the modes in the first two.
#include "bench/bench.h"
#include "bench/grid_scenario.h"
#include "bench/plain_training.h"
#include "core/training/trainer.h"

#include <string>

namespace drift::bench {
namespace {

/// The 25 modes, with a normal of variance .3 in further dimensions.
Scenario modes_in(int64_t dimension) {
    Scenario scenario = grid_scenario("diffusion_sampler", 1);
    scenario.condition = default_choice(Kind::Condition, "none");
    const Array plane = std::get<Array>(scenario.prior.params.at("means").value);
    Array means{{25, dimension}, std::vector<double>(static_cast<size_t>(25 * dimension), 0.0)};
    for (size_t j = 0; j < 25; ++j) {
        for (size_t i = 0; i < 2; ++i) {
            means.data[j * static_cast<size_t>(dimension) + i] = plane.data[2 * j + i];
        }
    }
    scenario.prior.params.set("means", means);
    return scenario;
}

Task task_of(const Scenario& scenario) {
    const MakeContext context{torch::kFloat32, "", 1};
    return {make_problem(scenario.prior, scenario.condition, context), Schedule{{0.0}}, context.options};
}

Trainer ours(const PlainTrainingSize& size) {
    const Task task = task_of(modes_in(size.dimension));
    Model model;
    model.reference = pinned_brownian(size.dimension, size.sigma_squared, size.steps);
    model.terminal = std::make_shared<const Terminal>(task, model.reference,
                                                      TerminalOptions{.brownian_variance = size.sigma_squared});
    model.numbers = torch::kFloat32;
    TrainerOptions options;
    options.loss = LossKind::TrajectoryBalance;
    options.batch.batch = size.batch;
    options.batch.shares = {0, 1, 0, 0, 0, 0, 0};
    options.exploration = size.exploration * std::sqrt(static_cast<double>(size.steps) / size.sigma_squared);
    options.floor = 0;
    return {model, options};
}

PlainTraining plain(const PlainTrainingSize& size) {
    const GaussianMixture mixture = *task_of(modes_in(size.dimension)).problem.prior->mixture();
    const torch::Tensor means = mixture.means.to(torch::kFloat32);
    return {size, [means](const torch::Tensor& x) {
                const torch::Tensor apart = x.unsqueeze(1) - means;
                return (apart.square().sum(2) / (-0.6)).logsumexp(1) - std::log(25.0) -
                       0.5 * static_cast<double>(x.size(1)) * std::log(2 * std::numbers::pi * 0.3);
            }};
}

void compare(const PlainTrainingSize& size) {
    const Trainer trainer = ours(size);
    TrainerState state = trainer.start();
    PlainTraining beside = plain(size);
    constexpr int64_t report_every = 20;  // as in shipped scenarios: reports belong to the work
    const double fast = seconds([&] { trainer.advance(state, report_every); }, 2) / report_every;
    const double slow = seconds([&] { beside.iterate(); }, 2);
    row(std::to_string(size.dimension) + "-D, T = " + std::to_string(size.steps) + ", batch " +
            std::to_string(size.batch),
        1 / fast, 1 / slow);
}

void speeds() {
    PlainTrainingSize size;
    compare(size);
    for (const int64_t steps : {25, 50, 200}) {
        PlainTrainingSize other = size;
        other.steps = steps;
        compare(other);
    }
    for (const int64_t batch : {64, 1200}) {
        PlainTrainingSize other = size;
        other.batch = batch;
        compare(other);
    }
    for (const int64_t dimension : {8, 32}) {
        PlainTrainingSize other = size;
        other.dimension = dimension;
        compare(other);
    }
}

const Section section("training", speeds);

}  // namespace
}  // namespace drift::bench
