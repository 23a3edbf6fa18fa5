#include "core/publish.h"

#include "core/conditions/weighted_terms.h"
#include "core/density.h"
#include "core/grid_posterior_view.h"
#include "core/guidance_field.h"
#include "core/measured.h"
#include "core/mixture_view.h"
#include "core/noise_view.h"
#include "core/oracles.h"
#include "core/posterior_draws.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// More rows than this say little more about a median.
constexpr int64_t rows_for_quantiles = 256;

/// |shift| / |D - x| of every row: both forces carry the same 1 / sigma^2.
template <class T>
std::vector<double> force_ratios(const State& state, int64_t stride) {
    const auto chosen = [stride](const torch::Tensor& tensor) {
        return tensor.is_cpu() ? tensor : tensor.slice(0, 0, tensor.size(0), stride).to(torch::kCPU).contiguous();
    };
    const torch::Tensor x = chosen(state.x);
    const torch::Tensor denoised = chosen(state.at_x.denoised);
    const torch::Tensor pull = chosen(state.at_x.pull);
    const int64_t step = x.size(0) == state.x.size(0) ? stride : 1;
    const int64_t d = x.numel() / x.size(0);
    const T* at = x.const_data_ptr<T>();
    const T* to = denoised.const_data_ptr<T>();
    const T* guidance = pull.const_data_ptr<T>();
    std::vector<double> ratios;
    ratios.reserve(static_cast<size_t>(2 * rows_for_quantiles));
    const int64_t rows = x.size(0);
    for (int64_t row = 0; row < rows; row += step) {
        double shift = 0;
        double score = 0;
        for (int64_t k = row * d; k < (row + 1) * d; ++k) {
            const double away = static_cast<double>(to[k]) - static_cast<double>(at[k]);
            shift += static_cast<double>(guidance[k]) * static_cast<double>(guidance[k]);
            score += away * away;
        }
        const double ratio = std::abs(state.shift_scale) * std::sqrt(shift / score);
        if (std::isfinite(ratio)) {
            ratios.push_back(ratio);
        }
    }
    return ratios;
}

/// Median and 10 to 90 % band; `values` is not empty and comes back in another order.
struct Band {
    double low, median, high;
};
Band band_of(std::vector<double>& values) {
    const auto at = [&values](double share) {
        return values.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    };
    const auto middle = at(0.5);
    std::nth_element(values.begin(), middle, values.end());
    std::nth_element(values.begin(), at(0.1), middle);
    std::nth_element(middle, at(0.9), values.end());
    return {*at(0.1), *middle, *at(0.9)};
}

/// lambda r or log psi of every particle; undefined where nothing was scored.
torch::Tensor rewards_of(const State& state, const Traits& traits) {
    if (traits.scored) {
        return state.scored ? state.rewards : torch::Tensor{};
    }
    return traits.weighted ? state.at_x.log_twist : torch::Tensor{};
}

void measure_rewards(const torch::Tensor& rewards, StepNumbers& numbers) {
    const int64_t stride = std::max<int64_t>(1, rewards.size(0) / rows_for_quantiles);
    std::vector<double> values = to_doubles(rewards.slice(0, 0, rewards.size(0), stride));
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) {
        return;
    }
    const Band band = band_of(values);
    numbers.reward_low = band.low;
    numbers.reward_median = band.median;
    numbers.reward_high = band.high;
}

void measure_forces(const State& state, StepNumbers& numbers) {
    const int64_t stride = std::max<int64_t>(1, state.x.size(0) / rows_for_quantiles);
    std::vector<double> ratios;
    AT_DISPATCH_FLOATING_TYPES(state.x.scalar_type(), "force_ratios",
                               [&] { ratios = force_ratios<scalar_t>(state, stride); });
    if (ratios.empty()) {
        return;
    }
    const Band band = band_of(ratios);
    numbers.force_low = band.low;
    numbers.force_median = band.median;
    numbers.force_high = band.high;
}

/// On the scale of y, which is what a drag changes: gain a . x = y, give or take the noise that is likely there.
std::vector<LineMeasurement> lines_of(const Measured& measurement) {
    const double gain = measurement.noise->gain();
    const torch::Tensor a = measurement.A->matrix() * gain;
    const torch::Tensor y = measurement.y.to(torch::kCPU, torch::kFloat64);
    const torch::Tensor near = (y / gain).unsqueeze(0);
    const std::vector<double> noise = to_doubles(measurement.noise->proxy_variance(y, near).sqrt() * gain);
    std::vector<LineMeasurement> lines;
    for (int64_t row = 0; row < a.size(0); ++row) {
        const double along_y = a.size(1) > 1 ? a[row][1].item<double>() : 0;
        lines.push_back({{a[row][0].item<double>(), along_y}, y[row].item<double>(), noise[static_cast<size_t>(row)]});
    }
    return lines;
}

LineMeasurement line_of(const Edge& edge) {
    const std::vector<double> normal = to_doubles(edge.normal);
    return {{normal[0], normal.size() > 1 ? normal[1] : 0}, edge.offset, edge.width, true};
}

std::string device_text(const torch::TensorOptions& options) {
    const std::string precision = options.dtype() == torch::kFloat64 ? "float64" : "float32";
    if (options.device().is_cuda()) {
        return "cuda, " + precision;
    }
    const int threads = at::get_num_threads();
    return "cpu, " + std::to_string(threads) + (threads == 1 ? " thread, " : " threads, ") + precision;
}

/// Whether particles can be told apart by its modes as quickly as they are drawn: that costs half its covariances a
/// particle, on the thread of the window.
bool is_small(const GaussianMixture& mixture) {
    constexpr int64_t most_numbers = 1 << 14;
    return mixture.components() * mixture.dimension() * mixture.dimension() <= most_numbers;
}

/// The box that shows the data: where a closed form is known its modes and three standard deviations around them.
void frame_the_data(const Prior& prior, Scene& scene) {
    const auto d = static_cast<size_t>(scene.dimension());
    scene.data_center.assign(d, 0.0);
    scene.data_radius = 3 * std::sqrt(prior.data_variance());
    if (const GaussianMixture* mixture = prior.mixture()) {
        const torch::Tensor low = std::get<0>(mixture->means.min(0));
        const torch::Tensor high = std::get<0>(mixture->means.max(0));
        scene.data_center = to_doubles(0.5 * (low + high));
        const double widest = mixture->covariances.max().item<double>();
        scene.data_radius = 0.5 * (high - low).max().item<double>() + 3.5 * std::sqrt(widest);
    }
}

}  // namespace

std::vector<float> to_floats(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.to(torch::kCPU, torch::kFloat32).contiguous();
    return {plain.const_data_ptr<float>(), plain.const_data_ptr<float>() + plain.numel()};
}

std::vector<double> to_doubles(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.to(torch::kCPU, torch::kFloat64).contiguous();
    return {plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel()};
}

std::shared_ptr<Frame> make_frame(const State& state, const Traits& traits, bool arrays, bool edited, bool last,
                                  const Decoder* decoder) {
    auto frame = std::make_shared<Frame>();
    frame->edited = edited;
    frame->last = last;
    frame->numbers = state.numbers;
    frame->training = state.trained;
    frame->count = state.x.size(0);
    frame->dimension = decoder != nullptr ? sample_size(*decoder) : state.x.numel() / state.x.size(0);
    const bool pulled = traits.guided && state.at_x.pull.defined() && state.numbers.sigma > 0;
    if (pulled) {
        measure_forces(state, frame->numbers);
    }
    const torch::Tensor rewards = rewards_of(state, traits);
    if (rewards.defined()) {
        measure_rewards(rewards, frame->numbers);
    }
    if (!arrays) {
        return frame;
    }
    if (decoder != nullptr) {
        show_from_noise(state, *decoder, *frame);
    } else {
        frame->x = to_floats(state.x);
        if (state.at_x.denoised.defined()) {
            frame->denoised = to_floats(state.at_x.denoised);
        }
        if (pulled) {
            frame->shift = to_floats(state.at_x.pull * state.shift_scale);
        }
    }
    if (traits.weighted) {
        frame->weights = to_floats(normalised_log_weights(state).exp());
    }
    if (state.drawn) {
        frame->parent_weights = to_floats(state.drawn_by.exp());
    }
    if (rewards.defined()) {
        frame->rewards = to_floats(rewards);
    }
    if (state.judged) {
        frame->residuals = to_floats(state.numbers.log_z - state.log_weights);
    }
    if (state.moved_families) {
        const torch::Tensor plain = state.ancestors.to(torch::kCPU, torch::kInt32).contiguous();
        frame->ancestors.assign(plain.const_data_ptr<int32_t>(), plain.const_data_ptr<int32_t>() + plain.numel());
    }
    return frame;
}

void add_field(const Sampler& sampler, const State& state, const Scene& scene, Frame& frame) {
    if (!has_exact_field(scene) || !(state.numbers.sigma > 0)) {
        return;
    }
    const GridBox box = field_box(scene, state.numbers.sigma);
    const torch::Tensor places = torch::tensor(grid_points(box)).view({-1, 2}).to(state.x.options());
    const torch::Tensor shift = sampler.shift_at(state, places);
    if (!shift.defined()) {
        return;
    }
    frame.field = to_floats(shift);
    frame.field_side = box.columns;
    frame.field_center[0] = (box.x_min + box.x_max) / 2;
    frame.field_center[1] = (box.y_min + box.y_max) / 2;
    frame.field_half = (box.x_max - box.x_min) / 2;
}

torch::Tensor normalised_log_weights(const State& state) {
    // The sum was taken over tiles of fixed size: LibTorch's own would depend on the number of threads.
    return state.log_weights - state.log_sum;
}

MixtureView view_of(const GaussianMixture& mixture) {
    return {mixture.dimension(), to_doubles(mixture.weights), to_doubles(mixture.means),
            to_doubles(mixture.full_covariances())};
}

std::vector<std::string> warnings_about(const Task& task, const Sampler& sampler) {
    std::vector<std::string> warnings;
    const double wanted = 10 * std::sqrt(task.problem.prior->data_variance());
    if (task.schedule.steps() > 0 && !sampler.traits().learns && task.schedule.at(0) < wanted) {
        warnings.push_back("The run starts at sigma " + shown(task.schedule.at(0)) + ", below " +
                           shown(std::round(wanted * 10) / 10) +
                           ", ten times the spread of the data: the start is biased");
    }
    if (const Prior& prior = *data_problem(task).prior; !prior.warning().empty()) {
        warnings.push_back(prior.warning());
    }
    if (const Condition& condition = *data_problem(task).condition; !condition.warning().empty()) {
        warnings.push_back(condition.warning());
    }
    if (asks_for_a_grid(task) && task.on_grid == nullptr) {
        warnings.push_back(
            "There are no exact draws to compare with: this posterior has no closed form, and is too narrow for the "
            "finest grid that is looked at, reaches beyond where the prior is, or has a prior of too many components");
    }
    if (sampler.traits().guided && has_negative_weight(*data_problem(task).condition)) {
        warnings.push_back(
            "A weight of the sum is negative: such a likelihood may grow without bound away from what "
            "was measured, and guidance and twists that look at it under noise may be off by any "
            "factor. Compare with ais, which looks at clean samples alone");
    }
    const std::vector<std::string> of_sampler = sampler.warnings();
    warnings.insert(warnings.end(), of_sampler.begin(), of_sampler.end());
    return warnings;
}

std::optional<double> known_log_z_of_steps(const Task& task, const Sampler& sampler) {
    return task.problem.exact ? discretised_log_z(task.problem, task.schedule, sampler.etas()) : std::nullopt;
}

std::optional<double> known_log_z(const Task& task) {
    const Problem& problem = data_problem(task);
    if (problem.exact_log_z) {
        return problem.exact_log_z;
    }
    if (const Density* density = density_of(*problem.prior); density != nullptr && problem.condition->is_none()) {
        return density->log_total();
    }
    if (task.problem.exact_log_z) {  // log Z is the same in both spaces
        return task.problem.exact_log_z;
    }
    return task.on_grid != nullptr ? task.on_grid->log_z() : std::nullopt;
}

std::shared_ptr<const Scene> make_scene(const Task& task, const Sampler& sampler) {
    const Traits traits = sampler.traits();
    auto scene = std::make_shared<Scene>();
    const Problem& problem = data_problem(task);
    scene->sample_shape = problem.prior->sample_shape();
    scene->steps = sampler.steps();
    scene->open_ended = traits.open_ended;
    scene->amplification = sampler.amplifications();
    scene->ladder = traits.ladder;
    if (task.schedule.steps() > 0 && !traits.learns) {  // its states are not those of the schedule
        scene->sigma = task.schedule.sigma;
    }
    scene->kept_iterations = sampler.kept_iterations();
    scene->weighted = traits.weighted;
    scene->guided = traits.guided;
    if (const GaussianMixture* mixture = problem.prior->mixture();
        mixture != nullptr && (problem.exact || is_small(*mixture))) {
        scene->prior = view_of(*mixture);
    }
    if (problem.exact) {
        scene->posterior = view_of(problem.exact->posterior);
    }
    scene->exact_log_z = known_log_z(task);
    scene->discretised_log_z = known_log_z_of_steps(task, sampler);
    const Measured* measured = problem.condition->measured();
    if (measured != nullptr && measured->A != nullptr && scene->dimension() <= 2) {
        scene->lines = lines_of(*measured);
    }
    if (const Edge* edge = problem.condition->edge(); edge != nullptr && scene->dimension() <= 2) {
        scene->lines.push_back(line_of(*edge));
    }
    if (problem.condition->measurement_picture().defined()) {
        scene->measurement_picture = to_floats(problem.condition->measurement_picture());
    }
    if (problem.condition->true_picture().defined()) {
        scene->true_picture = to_floats(problem.condition->true_picture());
    }
    frame_the_data(*problem.prior, *scene);
    if (task.decoder != nullptr) {
        describe_noise(task, *scene);
    } else if (task.on_grid != nullptr) {
        scene->on_grid = view_of(*task.on_grid);
    }
    scene->warnings = warnings_about(task, sampler);
    scene->device = device_text(task.options);
    return scene;
}

}  // namespace drift
