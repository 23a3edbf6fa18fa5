#include "core/guided_state.h"

#include "core/kernels/weights.h"
#include "core/resampling.h"

namespace drift {

void allocate(State& state, int64_t n, const Task& task, const WantedBuffers& wanted) {
    std::vector<int64_t> shape = task.problem.prior->sample_shape();
    shape.insert(shape.begin(), n);
    if (state.x.defined() && state.x.sizes() == shape) {
        return;
    }
    const torch::TensorOptions weights = task.options.dtype(torch::kFloat64);
    const torch::TensorOptions indices = task.options.dtype(torch::kInt32);
    state.x = torch::empty(shape, task.options);
    state.at_x = {};
    state.at_x.denoised = torch::empty(shape, task.options);
    state.at_x.log_twist = torch::zeros({n}, weights);
    if (wanted.pull) {
        state.at_x.pull = torch::zeros(shape, task.options);
    }
    state.scratch.running = wanted.running ? torch::empty({n}, weights) : torch::Tensor{};
    state.log_weights = torch::zeros({n}, weights);
    state.ancestors = torch::empty({n}, indices);
    state.parents = torch::empty({n}, indices);
    state.eves = torch::empty({n}, indices);
    Scratch& scratch = state.scratch;
    scratch.x = torch::empty(shape, task.options);
    scratch.log_twist = torch::empty({n}, weights);
    scratch.log_ratio = torch::empty({n}, weights);
    scratch.cumulative = torch::empty({n}, weights);
    scratch.positions = torch::empty({n + 1}, weights);
    scratch.sums = torch::empty({kernels::weight_scratch_size(n + 1)}, weights);
    scratch.not_finite = torch::empty({1}, indices);
}

torch::Tensor& own(torch::Tensor& numbers) {
    if (numbers.use_count() > 1) {
        numbers = torch::empty_like(numbers);
    }
    return numbers;
}

void inherit_families(const State& now, State& next) {
    next.moved_families = now.resampled;
    next.families = now.families || now.resampled;
    next.scattered = now.scattered;
    if (!now.resampled) {
        if (now.families) {
            next.eves = now.eves;
        }
        return;
    }
    next.ancestors.copy_(now.parents);
    if (now.families) {
        gather(now.eves, now.parents, own(next.eves));
    } else {
        own(next.eves).copy_(now.parents);
    }
}

void gather_parents(const State& now, State& next, bool with_pull) {
    gather(now.x, now.parents, next.scratch.x);
    gather(now.at_x.denoised, now.parents, next.at_x.denoised);
    gather(now.log_potential.defined() ? now.log_potential : now.at_x.log_twist, now.parents,
           own(next.scratch.log_twist));
    if (with_pull) {
        gather(now.at_x.pull, now.parents, next.at_x.pull);
    }
    if (now.running.defined()) {
        gather(now.running, now.parents, own(next.scratch.running));
    }
}

}  // namespace drift
