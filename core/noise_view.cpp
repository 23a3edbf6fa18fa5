#include "core/noise_view.h"

#include "core/decoder.h"
#include "core/grid_posterior_view.h"
#include "core/grid_view.h"
#include "core/mixture_view.h"
#include "core/publish.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <functional>
#include <numeric>

namespace drift {
namespace {

constexpr int64_t grid_side = 41;  // along a side
constexpr double grid_half = 3.5;  // N(0, I) has one in two thousand outside, each way
constexpr int data_points = 161;   // along a side of its picture among the data
constexpr int64_t box_draws = 512;
constexpr Random showing{2'718'281'828};  // of the picture, not of the run

/// f(z) at the points of such a grid, row by row from the lower left.
DecoderGrid grid_of(const Decoder& decoder, const std::vector<torch::Tensor>& along,
                    const torch::TensorOptions& options) {
    return {box_of(along), to_floats(decoder.decode(rows_of_grid(along).to(options)))};
}

/// The posterior on its grid, of z and of f(z).
void show_posterior(const Task& task, Scene& scene) {
    scene.latent_on_grid = view_of(*task.on_grid);
    if (scene.posterior || scene.sample_shape.size() != 1 || scene.dimension() > 2) {
        return;
    }
    const double half = shown_half_width(scene, 0, 0);
    const double x = scene.data_center.at(0);
    GridBox box{x - half, x + half, 0, 0, data_points, 1};
    if (scene.dimension() == 2) {
        const double y = scene.data_center.at(1);
        box = {x - half, x + half, y - half, y + half, data_points, data_points};
    }
    const DecoderGrid map = grid_of(*task.decoder, shown_places(*task.on_grid), task.options);
    scene.on_grid = pushed_forward(*scene.latent_on_grid, map, box);
}

/// The box around all but the outermost of some draws.
void frame_draws(const Decoder& decoder, const torch::TensorOptions& options, int64_t latent, Scene& scene) {
    torch::Tensor z = torch::empty({box_draws, latent}, options);
    showing.fill_normals(z, kernels::Purpose::Metric, 0);
    const torch::Tensor x = decoder.decode(z).flatten(1).to(torch::kCPU, torch::kFloat64);
    const torch::Tensor sorted = std::get<0>(x.sort(0));
    const torch::Tensor low = sorted[box_draws / 100];
    const torch::Tensor high = sorted[box_draws - 1 - box_draws / 100];
    scene.data_center = to_doubles(0.5 * (low + high));
    scene.data_radius = 0.7 * (high - low).max().item<double>();
}

}  // namespace

const Problem& data_problem(const Task& task) {
    return task.data_problem != nullptr ? *task.data_problem : task.problem;
}

int64_t sample_size(const Decoder& decoder) {
    const std::vector<int64_t> shape = decoder.sample_shape();
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

torch::Tensor shown_noise(const State& state) {
    const bool noisy = state.numbers.sigma > 0 && state.at_x.denoised.defined();
    return noisy ? state.at_x.denoised : state.x;
}

void show_from_noise(const State& state, const Decoder& decoder, Frame& frame) {
    frame.x = to_floats(decoder.decode(shown_noise(state)));
    frame.latent = to_floats(state.x);
    frame.latent_dimension = state.x.numel() / state.x.size(0);
}

void describe_noise(const Task& task, Scene& scene) {
    const at::NoGradGuard no_autograd;
    scene.latent_shape = task.decoder->latent_shape();
    if (task.problem.exact) {
        scene.latent_posterior = view_of(task.problem.exact->posterior);
    }
    const std::vector<int64_t> rows = task.problem.prior->sample_shape();
    if (rows.at(0) == 2) {
        const torch::Tensor along = torch::linspace(-grid_half, grid_half, grid_side, torch::kFloat64);
        scene.decoder_grid = grid_of(*task.decoder, {along, along}, task.options);
    }
    if (task.data_problem->prior->mixture() == nullptr && scene.sample_shape.size() == 1) {
        frame_draws(*task.decoder, task.options, rows.at(0), scene);
    }
    if (task.on_grid != nullptr) {
        show_posterior(task, scene);
    }
}

}  // namespace drift
