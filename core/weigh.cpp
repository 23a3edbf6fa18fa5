#include "core/weigh.h"

#include "core/exec.h"
#include "core/guided_state.h"

#include <cmath>

namespace drift {
namespace {

/// Sum over families of their squared shares of the weight, and their number, where they do not lie side by side.
void sum_up_scattered(const State& state, kernels::WeightSummary& summary) {
    const torch::Tensor eves = state.eves.to(torch::kCPU);
    const torch::Tensor log_weights = state.log_weights.to(torch::kCPU);
    const auto* eve = eves.const_data_ptr<int32_t>();
    const auto* log_weight = log_weights.const_data_ptr<double>();
    const auto n = static_cast<size_t>(eves.size(0));
    std::vector<double> share(n, -1);  // of those who have descendants
    for (size_t i = 0; i < n; ++i) {
        double& family = share[static_cast<size_t>(eve[i])];
        family = std::max(family, 0.0) + std::exp(log_weight[i] - summary.log_sum);
    }
    summary.eves = 0;
    summary.eve_squares = 0;
    for (const double family : share) {
        summary.eves += family >= 0 ? 1 : 0;
        summary.eve_squares += family >= 0 ? family * family : 0;
    }
}

/// log W = lw - log sum would lose the digits of log W where lw are so large; only their differences count.
constexpr double most_unshifted = 65'536;

/// Log weights with a largest one of 0; the rest of them is carried by the evidence.
void shift_down(State& state, kernels::WeightSummary& summary) {
    state.log_weights.sub_(summary.largest);
    state.log_z_base += summary.largest;
    summary.log_sum = -std::log(summary.max_weight);  // which is exp(largest - log_sum)
}

}  // namespace

kernels::Weighing weighing_of(State& state, kernels::WeightUpdate update) {
    update.eves = state.families && !state.scattered ? state.eves.const_data_ptr<int32_t>() : nullptr;
    return {update, state.log_weights.data_ptr<double>(), state.scratch.sums.data_ptr<double>()};
}

void weigh(State& state, const kernels::WeightUpdate& update, const std::string& when) {
    own(state.log_weights);
    const kernels::Weighing weighing = weighing_of(state, update);
    kernels::sum_up_weights(exec_on(state.x.device()), state.x.size(0), weighing);
    conclude(state, weighing, when);
}

void conclude(State& state, const kernels::Weighing& weighing, const std::string& when) {
    const int64_t n = state.x.size(0);
    kernels::WeightSummary summary = kernels::joined_sums(exec_on(state.x.device()), n, weighing);
    if (summary.positive == 0) {
        throw RunError("no particle explains the observation at " + when + ": all " + std::to_string(n) +
                       " weights are zero");
    }
    if (std::abs(summary.largest) > most_unshifted) {
        shift_down(state, summary);
    }
    if (state.families && state.scattered) {
        sum_up_scattered(state, summary);
    }
    state.log_sum = summary.log_sum;
    StepNumbers& numbers = state.numbers;
    numbers.ess = summary.ess;
    numbers.conditional_ess = summary.conditional_ess;
    numbers.perplexity = summary.perplexity;
    numbers.max_weight = summary.max_weight;
    numbers.non_finite = std::max(numbers.non_finite, summary.not_a_number);
    numbers.log_z = state.log_z_base + summary.log_sum - std::log(static_cast<double>(n));

    // rv = sum_e W_e^2 - 1 / N over families; sd(log Z) is its root as long as that is small (guidance.md 2.5).
    const double relative_variance = std::max(0.0, summary.eve_squares - 1.0 / static_cast<double>(n));
    numbers.eves = summary.eves;
    numbers.genealogical_ess = 1 / summary.eve_squares;
    numbers.log_z_sd = std::sqrt(relative_variance);
    numbers.log_z_sd_is_lower_bound = relative_variance >= 0.3 || summary.eves == 1;
}

}  // namespace drift
