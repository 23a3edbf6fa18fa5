// Denoiser and twist of a Gaussian mixture under a linear observation, particle by particle: all that guidance wants to
// know of a state. specs/guidance.md 1.5, 1.6.8, 6.1.
#pragma once

#include "core/kernels/linear_twist.h"
#include "core/kernels/mixture.h"
#include "core/kernels/reverse_step.h"
#include "core/kernels/weights.h"

namespace drift::kernels {

template <class T>
struct MixtureTwistTask {
    MixtureLevel<T> level;
    MixtureTask<T> denoise;
    LinearTwist<T> twist;
    TwistTask<T> guide;  // of what `denoise` writes; its J A^T is scratch memory that need not be written
};

/// mixture_denoise and then linear_gaussian_twist, in a single pass where one observed number and two coordinates with
/// a shared variance allow it.
template <class T>
void mixture_twist(Exec exec, const MixtureTwistTask<T>& task);

/// The same after the step that leads to task.denoise.x. The step may read what the twist then overwrites.
template <class T>
void step_and_twist(Exec exec, const ReverseStep<T>& step, const MixtureTwistTask<T>& task);

/// The same with update_log_weights right behind, tile by tile where that is faster; joined_sums has what they say.
template <class T>
void step_twist_and_weigh(Exec exec, const ReverseStep<T>& step, const MixtureTwistTask<T>& task,
                          const Weighing& weighing);

}  // namespace drift::kernels
