// Guidance that takes no derivative of the denoiser: D is moved by a fixed gain of what the measurement says beside it.
// DDNM projects, plug-and-play takes a proximal step or a draw. specs/guidance.md 1.5 and 1.6.3.
#pragma once

#include "core/kernels/mixture.h"
#include "core/kernels/reverse_step.h"

namespace drift::kernels {

constexpr int64_t max_gain_rows = 16;

/// pull = K (y - A D), and with z standard normal, where `spread` > 0 makes D + pull a draw,
///
///     pull = K (y - A D) + spread (z - G A z).
template <class T>
struct GainPull {
    int64_t n = 0;
    int64_t dims = 0;
    int64_t rows = 0;             // at most max_gain_rows
    const T* gain = nullptr;      // K [dims, rows]
    const T* matrix = nullptr;    // A [rows, dims]
    const T* observed = nullptr;  // y [rows]
    double spread = 0;
    const T* draw_gain = nullptr;  // G [dims, rows], of a draw
    RandomStream noise;            // z, from number first_beside(dims) on
    const T* denoised = nullptr;
    T* pull = nullptr;  // [n, dims]
};

/// Denoiser and pull of a mixture.
template <class T>
struct MixtureGainTask {
    MixtureLevel<T> level;  // without directions
    MixtureTask<T> denoise;
    GainPull<T> gain;  // at what `denoise` writes
};

template <class T>
void gain_pull(Exec exec, const GainPull<T>& task);

/// All of it, in a single pass where one observed number and two coordinates with a shared variance allow it.
template <class T>
void mixture_gain(Exec exec, const MixtureGainTask<T>& task);

/// The same after the step that leads to task.denoise.x. The step may read what is then overwritten.
template <class T>
void step_and_gain(Exec exec, const ReverseStep<T>& step, const MixtureGainTask<T>& task);

}  // namespace drift::kernels
