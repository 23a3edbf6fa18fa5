#include "core/resampling.h"

#include "core/exec.h"
#include "core/hilbert.h"
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
    switch (scheme) {
        case ResamplingScheme::Residual:
            residual_ancestors(on_host, stream);
            break;
        case ResamplingScheme::Ssp:
            ssp_ancestors(on_host, stream);
            break;
        default:
            killing_ancestors(on_host, stream);
    }
    if (!state.parents.is_cpu()) {
        state.parents.copy_(parents);
    }
}

/// Draws from state.scratch.cumulative.
void draw_parents(State& state, ResamplingScheme scheme, const Random& random, int64_t children) {
    Scratch& scratch = state.scratch;
    const kernels::Exec exec = exec_on(state.log_weights.device());
    const kernels::Resampling resampling{state.log_weights.size(0), children,
                                         scratch.cumulative.const_data_ptr<double>(),
                                         state.parents.data_ptr<int32_t>()};
    const kernels::RandomStream stream{random.seed, kernels::Purpose::Resampling, static_cast<uint32_t>(state.step)};
    switch (scheme) {
        case ResamplingScheme::Systematic:
            kernels::systematic_ancestors(exec, resampling, random.uniform(kernels::Purpose::Resampling, state.step));
            break;
        case ResamplingScheme::Stratified:
            kernels::stratified_ancestors(exec, resampling, stream);
            break;
        case ResamplingScheme::Multinomial:
            kernels::multinomial_ancestors(exec, resampling, stream, scratch.positions.data_ptr<double>(),
                                           scratch.sums.data_ptr<double>());
            break;
        default:
            choose_by_counts(state, scheme, children, stream);
    }
}

}  // namespace

const std::vector<std::string>& resampling_names() {
    static const std::vector<std::string> names{"systematic", "stratified",  "ssp",
                                                "residual",   "multinomial", "killing"};
    return names;
}

ResamplingScheme resampling_scheme(const std::string& name) {
    const std::vector<std::string>& names = resampling_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        throw UserError("'sampler.resampling' is '" + name +
                        "', but must be systematic, stratified, ssp, residual, multinomial or killing");
    }
    return static_cast<ResamplingScheme>(found - names.begin());
}

const std::vector<std::string>& particle_order_names() {
    static const std::vector<std::string> names{"none", "hilbert"};
    return names;
}

ParticleOrder particle_order(const std::string& name) {
    if (name != "none" && name != "hilbert") {
        throw UserError("'sampler.order' is '" + name + "', but must be none or hilbert");
    }
    return name == "hilbert" ? ParticleOrder::Hilbert : ParticleOrder::None;
}

int64_t distinct(const torch::Tensor& numbers, int64_t below, bool sorted) {
    if (sorted) {
        const torch::Tensor changes = numbers.slice(0, 1).ne(numbers.slice(0, 0, -1));
        return changes.sum().item<int64_t>() + 1;
    }
    const torch::Tensor plain = numbers.to(torch::kCPU);
    const auto* number = plain.const_data_ptr<int32_t>();
    std::vector<char> seen(static_cast<size_t>(below), 0);
    for (int64_t i = 0; i < plain.size(0); ++i) {
        seen[static_cast<size_t>(number[i])] = 1;
    }
    return std::count(seen.begin(), seen.end(), 1);
}

int64_t choose_parents(State& state, ResamplingScheme scheme, const Random& random, int64_t children,
                       ParticleOrder order) {
    const int64_t n = state.log_weights.size(0);
    children = children == 0 ? n : children;
    const bool keeps_places = scheme == ResamplingScheme::Killing;
    torch::Tensor log_weights = state.log_weights;
    torch::Tensor in_line;  // who stands at each place
    if (order == ParticleOrder::Hilbert && !keeps_places) {
        in_line = hilbert_order(state.x).to(log_weights.device());
        log_weights = torch::empty_like(state.log_weights);
        gather(state.log_weights, in_line, log_weights);
    }
    kernels::cumulative_weights(exec_on(log_weights.device()), n, log_weights.const_data_ptr<double>(), state.log_sum,
                                state.scratch.cumulative.data_ptr<double>(), state.scratch.sums.data_ptr<double>());
    draw_parents(state, scheme, random, children);
    torch::Tensor parents = state.parents.narrow(0, 0, children);
    const int64_t count = distinct(parents, n, !keeps_places);
    if (in_line.defined()) {
        gather(in_line, parents.clone(), parents);
    }
    state.scattered = state.scattered || keeps_places || in_line.defined();
    return count;
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
