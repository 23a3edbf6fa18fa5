#include "core/posterior_draws.h"

#include "core/decoder.h"
#include "core/grid_posterior.h"
#include "core/noise_view.h"

namespace drift {

bool asks_for_a_grid(const Task& task) {
    constexpr int64_t most_calls = 100;  // of a denoiser, that the map may cost a point
    const Problem& in_data = data_problem(task);
    const GaussianMixture* mixture = task.problem.prior->mixture();
    return task.problem.exact == nullptr && mixture != nullptr && mixture->dimension() <= 2 &&
           (task.decoder == nullptr || task.decoder->calls() <= most_calls) && in_data.condition->warning().empty() &&
           in_data.prior->warning().empty();
}

torch::Tensor posterior_draws(const Task& task, int64_t count, const Random& random) {
    if (task.problem.exact != nullptr) {
        return task.problem.exact->posterior.sample(count, random, kernels::Purpose::Metric);
    }
    return task.on_grid != nullptr ? task.on_grid->sample(count, random, kernels::Purpose::Metric) : torch::Tensor{};
}

torch::Tensor posterior_draws_in_data(const Task& task, int64_t count, const Random& random) {
    if (const Problem& problem = data_problem(task); problem.exact != nullptr) {
        return problem.exact->posterior.sample(count, random, kernels::Purpose::Metric);
    }
    const torch::Tensor draws = posterior_draws(task, count, random);
    return draws.defined() && task.decoder != nullptr ? task.decoder->decode(draws.to(task.options)) : draws;
}

}  // namespace drift
