// From tensors to the plain numbers that leave the core: frames of states, the scene of a problem.
#pragma once

#include "core/frame.h"
#include "core/sampler.h"
#include "core/scene.h"
#include "core/torch.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace drift {

std::vector<float> to_floats(const torch::Tensor& tensor);
std::vector<double> to_doubles(const torch::Tensor& tensor);

/// A copy of what `state` shows. `numbers` is completed with what only the arrays tell: forces and non-finite counts.
/// Without `arrays` only the numbers. `decoder` is the map of a run in noise space, or null; see core/noise_view.h for
/// what the frame shows then.
std::shared_ptr<Frame> make_frame(const State& state, const Traits& traits, bool arrays, bool edited, bool last,
                                  const Decoder* decoder = nullptr);
/// Completes the frame of `state` with the guidance on a grid, for problems in the plane whose exact field is known.
void add_field(const Sampler& sampler, const State& state, const Scene& scene, Frame& frame);

/// Normalised log weights [n], float64; equal ones for methods without weights.
torch::Tensor normalised_log_weights(const State& state);

MixtureView view_of(const GaussianMixture& mixture);
std::shared_ptr<const Scene> make_scene(const Task& task, const Sampler& sampler);
/// What the user of a run should know before it ends, a sentence each.
std::vector<std::string> warnings_about(const Task& task, const Sampler& sampler);
/// Scene::discretised_log_z.
std::optional<double> known_log_z_of_steps(const Task& task, const Sampler& sampler);

}  // namespace drift
