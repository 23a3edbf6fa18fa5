#include "core/training/policy_network.h"

namespace drift {

std::unique_ptr<PolicyNetwork> policy_network(const PolicyOptions& options, const NetworkSizes& sizes) {
    return options.kind == PolicyKind::Unet ? unet_network(options, sizes) : perceptron_network(options, sizes);
}

torch::Tensor rows_at(const torch::Tensor& all, const std::vector<int64_t>& steps) {
    const auto count = static_cast<int64_t>(steps.size());
    if (steps.back() - steps.front() + 1 == count) {
        return all.narrow(0, steps.front(), count);
    }
    return all.index_select(0, torch::tensor(steps, torch::kInt64).to(all.device()));
}

}  // namespace drift
