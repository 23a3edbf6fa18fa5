// What a run in noise space shows from outside. Its data are those of the clean samples that a state stands for: f(D)
// of the denoised prediction as long as there is noise on z, and f(z) at the end and of chains. z itself is beside
// them. Denoised predictions and shifts are left out: D is what x shows already, and a shift is a direction in noise
// space that would mean nothing among the data.
#pragma once

#include "core/frame.h"
#include "core/sampler.h"
#include "core/scene.h"

namespace drift {

/// The problem as the user knows it, whatever space is sampled.
const Problem& data_problem(const Task& task);

/// How many numbers an x = f(z) has.
int64_t sample_size(const Decoder& decoder);

/// The z whose f(z) a state of noise space shows: D as long as there is noise on its own.
torch::Tensor shown_noise(const State& state);

/// Fills Frame::x and Frame::latent by one decode.
void show_from_noise(const State& state, const Decoder& decoder, Frame& frame);

/// Adds the noise space to a scene that shows the data: its posterior, its grid, and a box for data that are only known
/// as f(z).
void describe_noise(const Task& task, Scene& scene);

}  // namespace drift
