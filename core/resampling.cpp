#include "core/resampling.h"

#include "core/exec.h"
#include "core/kernels/ancestors.h"
#include "core/kernels/weights.h"
#include "core/resampling_counts.h"

#include <algorithm>

namespace drift {
namespace {

/// The schemes that work on the host: on a GPU the weights go there and the parents come back.
void choose_by_counts(State& state, ResamplingScheme scheme, int64_t children, const kernels::RandomStream& stream) {
    const int64_t n = state.log_weights.size(0);
    const torch::Tensor cumulative = state.scratch.cumulative.narrow(0, 0, n).to(torch::kCPU);
    torch::Tensor parents = state.parents.is_cpu() ? state.parents : torch::empty({n}, torch::kInt32);
    const kernels::Resampling on_host{n, children, cumulative.const_data_ptr<double>(), parents.data_ptr<int32_t>()};
    if (scheme == ResamplingScheme::Residual) {
        residual_ancestors(on_host, stream);
    } else {
        ssp_ancestors(on_host, stream);
    }
    if (!state.parents.is_cpu()) {
        state.parents.copy_(parents);
    }
}

}  // namespace

const std::vector<std::string>& resampling_names() {
    static const std::vector<std::string> names{"systematic", "stratified", "ssp", "residual", "multinomial"};
    return names;
}

ResamplingScheme resampling_scheme(const std::string& name) {
    const std::vector<std::string>& names = resampling_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        throw UserError("'sampler.resampling' is '" + name +
                        "', but must be systematic, stratified, ssp, residual or multinomial");
    }
    return static_cast<ResamplingScheme>(found - names.begin());
}

int64_t distinct_sorted(const torch::Tensor& numbers) {
    const torch::Tensor changes = numbers.slice(0, 1).ne(numbers.slice(0, 0, -1));
    return changes.sum().item<int64_t>() + 1;
}

int64_t choose_parents(State& state, ResamplingScheme scheme, const Random& random, int64_t children) {
    const int64_t n = state.log_weights.size(0);
    children = children == 0 ? n : children;
    Scratch& scratch = state.scratch;
    const kernels::Exec exec = exec_on(state.log_weights.device());
    auto* sums = scratch.sums.data_ptr<double>();
    auto* cumulative = scratch.cumulative.data_ptr<double>();
    kernels::cumulative_weights(exec, n, state.log_weights.const_data_ptr<double>(), state.log_sum, cumulative, sums);
    const kernels::Resampling resampling{n, children, cumulative, state.parents.data_ptr<int32_t>()};
    const kernels::RandomStream stream{random.seed, kernels::Purpose::Resampling, static_cast<uint32_t>(state.step)};
    switch (scheme) {
        case ResamplingScheme::Systematic:
            kernels::systematic_ancestors(exec, resampling, random.uniform(kernels::Purpose::Resampling, state.step));
            break;
        case ResamplingScheme::Stratified:
            kernels::stratified_ancestors(exec, resampling, stream);
            break;
        case ResamplingScheme::Multinomial:
            kernels::multinomial_ancestors(exec, resampling, stream, scratch.positions.data_ptr<double>(), sums);
            break;
        default:
            choose_by_counts(state, scheme, children, stream);
    }
    return distinct_sorted(state.parents.narrow(0, 0, children));
}

void gather(const torch::Tensor& from, const torch::Tensor& parents, torch::Tensor& to) {
    const int64_t rows = parents.size(0);
    const kernels::Exec exec = exec_on(from.device());
    const auto* ancestors = parents.const_data_ptr<int32_t>();
    const auto copy = [&](auto* typed_to) {
        using T = std::remove_pointer_t<decltype(typed_to)>;
        kernels::gather_rows<T>(exec, rows, from.numel() / from.size(0), ancestors, from.const_data_ptr<T>(), typed_to);
    };
    switch (from.scalar_type()) {
        case torch::kFloat64:
            return copy(to.data_ptr<double>());
        case torch::kInt32:
            return copy(to.data_ptr<int32_t>());
        case torch::kInt64:
            return copy(to.data_ptr<int64_t>());
        default:
            return copy(to.data_ptr<float>());
    }
}

}  // namespace drift
