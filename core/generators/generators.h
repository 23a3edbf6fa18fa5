// Small generators of points in the plane as priors: trained in seconds where a scenario names one, or read from a
// weight file. A kind of generator adds itself with a GeneratorRegistration at the bottom of its file in core/priors/;
// it is then a prior of scenarios and something that `driftscope fit` makes weights of.
#pragma once

#include "core/catalog.h"
#include "core/decoder.h"
#include "core/generators/generator_model.h"
#include "core/problem.h"
#include "core/training/fit_loop.h"
#include "core/training/generator_task.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace drift {

/// Parameters that all kinds share (core/priors/generator_fields.h).
struct GeneratorParams {
    std::string data = "two_moons";
    Array painting{{0}, {}};
    double half_width = 4;
    int64_t width = 64;
    int64_t layers = 3;
    int64_t iterations = 3000;
    int64_t batch = 256;
    double learning_rate = 3e-3;
    int64_t seed = 1;
    std::string weights;
};

/// What to train, and how.
struct GeneratorPlan {
    GeneratorParams params;
    MakeGenerator make;
    double beta1 = 0.9;  // of Adam
    double clip = 10;    // of the gradient
    /// Everything that has a say in the numbers of the network, as text; set by the registration.
    std::string learned = {};
};

/// A trained generator: x = mean + scale g(z).
struct Generator {
    std::shared_ptr<const GeneratorModel> model;
    torch::Tensor mean;   // [2] float32
    double scale = 1;     // sqrt(V) of the data
    double variance = 1;  // V of what it generates
};

/// What is known of the generator that a prior trains for itself, before it does.
struct GeneratorOutline {
    int64_t latent = 2;
    int64_t evaluations = 1;    // of the network, for one x
    int64_t batch = 0;          // points that an iteration learns from
    double training_bytes = 0;  // estimate of what the training takes; 0 where it was done before in this process
};
/// Nothing for priors that train no generator.
std::optional<GeneratorOutline> outline_of_generator(const Choice& prior);
/// Whether both train a generator, and the same: what one of them has learned does for the other.
bool trains_the_same(const Choice& one, const Choice& other);

/// Reads its weights where the plan names a file; else trains it, unless that was done before in this process. Throws
/// UserError, and Interrupted (core/interruption.h).
std::shared_ptr<const Generator> trained_generator(const GeneratorPlan& plan, const MakeContext& context);

/// x = f(z), in pieces of many points.
std::shared_ptr<const Decoder> decoder_of(const std::shared_ptr<const Generator>& generator);
/// The prior that is known as what the generator makes of noise.
std::shared_ptr<const Prior> generator_prior(const std::shared_ptr<const Generator>& generator);

/// The training as a fit. `header` is added to that of the weight file.
std::unique_ptr<FitTask> generator_task(const GeneratorPlan& plan, const nlohmann::json& header);
FitSettings generator_settings(const GeneratorPlan& plan);

using PlanGenerator = std::function<GeneratorPlan(const ParamSet&)>;
/// All kinds of generators, by the key of their prior.
std::map<std::string, PlanGenerator>& generator_kinds();

struct GeneratorRegistration {
    using Wrap = std::shared_ptr<const Prior> (*)(const std::shared_ptr<const Generator>&);
    /// `not_learned`: keys that have no say in the numbers of the network.
    GeneratorRegistration(Item item, PlanGenerator plan, const std::vector<std::string>& not_learned = {},
                          Wrap wrap = generator_prior);
};

}  // namespace drift
