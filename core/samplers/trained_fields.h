// Parameters that the methods that learn share, described once.
#pragma once

#include "core/samplers/guided_fields.h"
#include "core/training/trained_sampler.h"

#include <string>
#include <utility>
#include <vector>

namespace drift::trained {

struct Common {
    int64_t iterations = 1000;
    int64_t batch = 256;
    int64_t steps = 50;
    std::string loss = "vargrad";
    Curve learning_rate = Curve({{0, 2e-3}, {0.5, 1e-3}, {1, 1e-4}}, Interpolation::Linear, CurveScale::Log);
    Curve beta = 1;
    Curve exploration = Curve({{0, 0.5}, {0.5, 0}}, Interpolation::Linear);
    Curve clip = 1;
    double average = 0.99;
    Curve floor = 15;
    double step_share = 1;
    double dead_zone = 0;
    double lambda = 2;
    Curve log_z_rate = 0.1;
    Curve flow_rate = 1e-2;
    std::string policy = "mlp";
    int64_t width = 64;
    int64_t layers = 2;
    int64_t unet_width = 32;
    int64_t unet_deep_width = 64;
    bool learn_variance = false;
    bool langevin = false;
    bool amortised = false;
    int64_t group = 8;
    double on_policy = 0.5, exploring = 0, reference_share = 0.5, buffer = 0, local_search = 0, data = 0;
    double back_and_forth = 0;
    int64_t buffer_size = 20'000;
    std::string buffer_priority = "reward";
    int64_t local_every = 100;
    int64_t local_steps = 200;
    double local_step_size = 0.01;
    int64_t local_buffer = 100'000;
    std::string data_file;
    int64_t report_every = 20;
    std::string weights;
    std::string checkpoint;
};

/// Of r, that samples are of in the end.
inline double final_power(const Common& common) {
    return common.beta.at(1);
}

/// That the loss is one that `is` is true of.
inline Requirement loss_that(bool (*is)(LossKind)) {
    const std::vector<std::string> names = loss_names(is);
    return {"loss", {names.begin(), names.end()}};
}

template <class P>
Field<P> steps_field(const char* words) {
    return Field<P>("steps", static_cast<int64_t P::*>(&P::steps), "steps", {words, "T", "More: finer, and slower."})
        .between(1, 1000, true);
}

/// Weights from a file are used as they are: what only a training asks for has no say then. Samples are of the last
/// value of beta all the same, and whether their moving average is drawn with is asked each time.
template <class P>
Fields<P> only_without_weights(Fields<P> fields) {
    for (Field<P>& field : fields) {
        if (field.param.key != "beta" && field.param.key != "average") {
            field = std::move(field).only_with("weights", {std::string()});
        }
    }
    return fields;
}

/// The parameters of the training itself.
template <class P>
Fields<P> training_fields();
/// What trajectories are learned from.
template <class P>
Fields<P> source_fields();
/// The network, files and what is reported.
template <class P>
Fields<P> network_fields();

/// The settings of the engine. Throws UserError for a batch that groups do not fill.
TrainerOptions trainer_options(const Common& common, const Task& task, int64_t dimension);
/// Throws UserError for a policy that does not fit states of this shape.
PolicyOptions policy_options(const Common& common, const Terminal& terminal, const std::vector<int64_t>& shape);
TrainedOptions trained_options(const Common& common, const Choice& sampler);

/// Puts it together, for the sampler that was chosen. `brownian_variance` as in TerminalOptions.
std::shared_ptr<const Sampler> make(const Common& common, const Choice& sampler, Task task,
                                    std::shared_ptr<const Reference> reference, double brownian_variance);

template <class P>
Fields<P> training_fields() {
    return only_without_weights<P>({
        Field<P>("iterations", static_cast<int64_t P::*>(&P::iterations), "iterations",
                 {"How many batches are learned from before sampling.", "u = iteration / iterations for curves",
                  "More: closer to the posterior, at so much more work."})
            .between(0, 1'000'000, true),
        Field<P>("batch", static_cast<int64_t P::*>(&P::batch), "batch",
                 {"Trajectories that an iteration learns from.", "n in mean_b delta_b^2",
                  "More: a steadier gradient, and slower iterations."})
            .between(2, 100'000, true),
        Field<P>("loss", static_cast<std::string P::*>(&P::loss), "loss",
                 {"What is made small: the spread of the residuals (vargrad), their squares with a learned log Z (tb), "
                  "those of parts of trajectories (subtb, db), or a divergence by its gradient (reverse_kl, "
                  "adjoint_matching, adjoint_sampling, reinforce).",
                  "delta = log Z + sum log q / ref - log w",
                  "The first four learn from any trajectories; reverse_kl and reinforce from their own alone, "
                  "adjoint_sampling from a buffer of its own ends."})
            .one_of(loss_names()),
        Field<P>("learning_rate", static_cast<Curve P::*>(&P::learning_rate), "learning rate",
                 {"How far a step of Adam goes, over the training.", "theta <- theta - rate m / sqrt(v)",
                  "More: faster, until it diverges."})
            .between(1e-6, 1, true)
            .live(),
        Field<P>(
            "beta", static_cast<Curve P::*>(&P::beta), "inverse temp.",
            {"The inverse temperature, the power of the reward that is aimed at, over the training. Samples and log Z "
             "are of its last value.",
             "log w = beta log r", "Rising from a tenth: modes are found before they are sharp."})
            .between(0, 100)
            .live(),
        Field<P>("clip", static_cast<Curve P::*>(&P::clip), "clip",
                 {"The largest norm of the gradient, over the training; 0 lets all pass.", "g <- g min(1, clip / |g|)",
                  "Less: single batches do less harm."})
            .between(0, 1e6)
            .live()
            .advanced(),
        Field<P>("average", static_cast<double P::*>(&P::average), "moving average",
                 {"The decay of the moving average of the weights that is sampled with; 0 takes the newest.",
                  "a <- decay a + (1 - decay) theta", "More: steadier, and slower to follow."})
            .between(0, 0.9999)
            .advanced(),
        Field<P>(
            "floor", static_cast<Curve P::*>(&P::floor), "reward floor",
            {"How far below the best of its batch a reward counts, in the loss alone and over the training; 0 for no "
             "floor.",
             "max(beta log r, max_b - floor)", "Less: hopeless trajectories do not rule the batch."})
            .between(0, 1e4)
            .only_with_any({loss_that(learns_by_residuals)})
            .live()
            .advanced(),
        Field<P>("step_share", static_cast<double P::*>(&P::step_share), "share of steps",
                 {"The share of a trajectory's steps whose gradient is taken, drawn anew for each batch.",
                  "sum over S, times T / |S|", "Less: cheaper and noisier iterations."})
            .between(0.01, 1)
            .only_with_any({loss_that(learns_by_residuals)})
            .advanced(),
        Field<P>("dead_zone", static_cast<double P::*>(&P::dead_zone), "dead zone",
                 {"Squared residuals below it are not learned from.", "max(0, delta^2 - zone)",
                  "More: training rests earlier, and short of the posterior."})
            .between(0, 100)
            .only_with_any({loss_that(has_dead_zone)})
            .advanced(),
        Field<P>("lambda", static_cast<double P::*>(&P::lambda), "lambda",
                 {"How much more a longer part of a trajectory counts.", "lambda^(j - i) in sub-trajectory balance",
                  "More: closer to trajectory balance."})
            .between(0.1, 10)
            .only_with("loss", {std::string("subtb")})
            .advanced(),
        Field<P>("log_z_rate", static_cast<Curve P::*>(&P::log_z_rate), "rate of log Z",
                 {"The learning rate of log Z where it is a parameter, over the training.", "of Adam",
                  "Less: it lags behind."})
            .between(1e-4, 10, true)
            .only_with_any({loss_that(learns_log_z)})
            .live()
            .advanced(),
        Field<P>("flow_rate", static_cast<Curve P::*>(&P::flow_rate), "rate of F",
                 {"The learning rate of the network for F, what is still to come from a place on the way, over the "
                  "training.",
                  "of Adam", "Less: parts of trajectories are balanced against an old F."})
            .between(1e-6, 1, true)
            .only_with_any({loss_that(learns_flow)})
            .live()
            .advanced(),
    });
}

template <class P>
Field<P> share_field(const std::string& key, double P::*member, const char* title, const char* words,
                     const char* effect) {
    return Field<P>("sources." + key, member, title, {words, "share of each batch; they need not sum to 1", effect})
        .between(0, 1)
        .only_with_any({loss_that(mixes_sources)})
        .only_with("amortised", {false})
        .live();
}

template <class P>
Fields<P> source_fields() {
    const auto taken_from = [](const char* source) {
        return Requirement::above_zero("sources." + std::string(source));
    };
    return only_without_weights<P>({
        share_field<P>("on_policy", static_cast<double P::*>(&P::on_policy), "on-policy",
                       "Trajectories of the policy as it is.", "Alone: modes that it does not visit are lost."),
        share_field<P>("exploration", static_cast<double P::*>(&P::exploring), "exploration",
                       "Trajectories of the policy with more noise.", "More: wanders farther."),
        share_field<P>("reference", static_cast<double P::*>(&P::reference_share), "reference",
                       "Trajectories of the reference, resampled by their reward: nearly ones of the posterior, where "
                       "the reward is not too rare.",
                       "More: every mode that the prior shows is kept."),
        share_field<P>("buffer", static_cast<double P::*>(&P::buffer), "replay buffer",
                       "Earlier end points, taken backwards.", "More: what was found once is not forgotten."),
        share_field<P>("local_search", static_cast<double P::*>(&P::local_search), "local search",
                       "End points that Markov chains have improved, taken backwards.",
                       "More: finds narrow modes; needs gradients."),
        share_field<P>("data", static_cast<double P::*>(&P::data), "data", "Samples from a file, taken backwards.",
                       "More: learns from what is known to be good."),
        share_field<P>("back_and_forth", static_cast<double P::*>(&P::back_and_forth), "back and forth",
                       "End points of the policy, noised part of the way and sampled again.",
                       "More: looks around where it is."),
        Field<P>("exploration", static_cast<Curve P::*>(&P::exploration), "exploration noise",
                 {"Noise that exploring trajectories have besides, over the training, in units of a step's own.",
                  "variance v (1 + e^2)", "More: wanders farther."})
            .between(0, 10)
            .only_with_any({loss_that(mixes_sources)})
            .only_with_any({taken_from("exploration"), {"amortised", {true}}})
            .live(),
        Field<P>("buffer_size", static_cast<int64_t P::*>(&P::buffer_size), "buffer size",
                 {"End points that are kept, oldest out first.", "N", "More: longer memory."})
            .between(1, 1'000'000, true)
            .only_with("amortised", {false})
            // Chains start from it, and it stands in for rollouts of the reference with hardly a reward.
            .only_with_any({taken_from("buffer"), taken_from("local_search"), taken_from("reference"),
                            loss_that(draws_from_buffer)})
            .advanced(),
        Field<P>("buffer_priority", static_cast<std::string P::*>(&P::buffer_priority), "buffer priority",
                 {"How end points are drawn from the buffer: evenly, a quarter by reward, or by rank.",
                  "1, w or 1 / (0.01 N + rank)", "reward and rank: the good ones more often."})
            .one_of(priority_names())
            .only_with_any({taken_from("buffer"), taken_from("local_search")})
            .advanced(),
        Field<P>("local_every", static_cast<int64_t P::*>(&P::local_every), "search every",
                 {"Iterations between two local searches.", "k", "Less: more of the time goes into chains."})
            .between(1, 100'000, true)
            .only_above_zero("sources.local_search")
            .advanced(),
        Field<P>("local_steps", static_cast<int64_t P::*>(&P::local_steps), "search steps",
                 {"Moves of MALA in a local search; the first half only tunes its step size.", "K",
                  "More: farther from where it began."})
            .between(2, 10'000, true)
            .only_above_zero("sources.local_search")
            .advanced(),
        Field<P>("local_step_size", static_cast<double P::*>(&P::local_step_size), "search step size",
                 {"Where the step size of the local search begins.", "eps, tuned to accept 0.574",
                  "Matters little after the first search."})
            .between(1e-8, 1e4, true)
            .only_above_zero("sources.local_search")
            .advanced(),
        Field<P>("local_buffer", static_cast<int64_t P::*>(&P::local_buffer), "search buffer",
                 {"End points of local searches that are kept, oldest out first.", "N",
                  "More: modes that were found long ago are still learned from."})
            .between(1, 1'000'000, true)
            .only_above_zero("sources.local_search")
            .advanced(),
        Field<P>("data", static_cast<std::string P::*>(&P::data_file), "data file",
                 {"An NPY file of samples of the target, a row each, for the source data.", "[N, d]",
                  "More rows: every mode that they show is kept."})
            .only_above_zero("sources.data")
            .advanced(),
    });
}

template <class P>
Fields<P> network_fields() {
    return {
        Field<P>("policy", static_cast<std::string P::*>(&P::policy), "policy",
                 {"The network: a perceptron, or a U-Net where states are square pictures with a side that is a "
                  "multiple of 4.",
                  "NN(x, t)",
                  "unet: learns pictures from far fewer trajectories, at much more work each; wants a lower learning "
                  "rate."})
            .one_of(policy_names()),
        Field<P>(
            "width", static_cast<int64_t P::*>(&P::width), "width",
            {"Units in a layer of the perceptron, and of the one for F.", "w", "More: finer policies, and slower."})
            .between(4, 1024, true)
            .only_with_any({{"policy", {"mlp"}}, loss_that(learns_flow)})
            .advanced(),
        Field<P>("layers", static_cast<int64_t P::*>(&P::layers), "layers",
                 {"Layers of these perceptrons between the first and the last.", "how often h = s(W h + b)",
                  "More: finer policies, and slower."})
            .between(0, 8)
            .only_with_any({{"policy", {"mlp"}}, loss_that(learns_flow)})
            .advanced(),
        Field<P>("unet_width", static_cast<int64_t P::*>(&P::unet_width), "U-Net width",
                 {"Channels of the U-Net at half the resolution, a multiple of 8.", "w",
                  "More: finer policies, and slower."})
            .between(8, 256, true)
            .only_with("policy", {std::string("unet")})
            .advanced(),
        Field<P>("unet_deep_width", static_cast<int64_t P::*>(&P::unet_deep_width), "deep U-Net width",
                 {"Channels of the U-Net at a quarter of the resolution, a multiple of 8.", "w",
                  "More: finer policies, and slower."})
            .between(8, 512, true)
            .only_with("policy", {std::string("unet")})
            .advanced(),
        Field<P>("learn_variance", static_cast<bool P::*>(&P::learn_variance), "learn the variance",
                 {"Whether the network also says how much noise a step has.", "v exp(4 tanh a)",
                  "On: few steps are enough; off: a gap is left that only more steps close."}),
        Field<P>("langevin", static_cast<bool P::*>(&P::langevin), "follow the gradient",
                 {"Whether the network is given the gradient of the log density, and says how far to follow it.",
                  "NN_1 + NN_2 grad log R", "On: learns faster, where there is a gradient; each step costs one."}),
        Field<P>("amortised", static_cast<bool P::*>(&P::amortised), "any observation",
                 {"Whether the network is told the observation and trained for all that the prior makes likely.",
                  "q(x | y), y ~ p(y)", "On: after one training y can be moved, and the posterior follows at once."}),
        Field<P>("group", static_cast<int64_t P::*>(&P::group), "group",
                 {"Trajectories that share an observation, over which log Z is estimated.", "K",
                  "More: steadier, for fewer observations in a batch."})
            .between(2, 1000)
            .only_with("amortised", {true})
            .only_with("weights", {std::string()})
            .advanced(),
        Field<P>(
            "report_every", static_cast<int64_t P::*>(&P::report_every), "report every",
            {"Iterations between two recorded states of the training.", "iterations a state", "Less: a finer film."})
            .between(1, 100'000, true)
            .only_with("weights", {std::string()})
            .advanced(),
        Field<P>("weights", static_cast<std::string P::*>(&P::weights), "weights",
                 {"A file of trained weights for this very problem, to sample with instead of training.", "theta",
                  "Given: sampling begins at once."})
            .advanced(),
        Field<P>("checkpoint", static_cast<std::string P::*>(&P::checkpoint), "checkpoint",
                 {"A file that the training is written to on the way, and gone on from where it is there already.",
                  "theta, the state of Adam and the buffers", "Given: what was learned before a stop is kept."})
            .only_with("weights", {std::string()})
            .advanced(),
    };
}

}  // namespace drift::trained
