#include "core/training/policy_network.h"

#include <algorithm>
#include <stdexcept>

namespace drift {

std::unique_ptr<PolicyNetwork> policy_network(const PolicyOptions& options, const NetworkSizes& sizes) {
    return options.kind == PolicyKind::Unet ? unet_network(options, sizes) : perceptron_network(options, sizes);
}

std::vector<Piece> PolicyNetwork::step_blocks(int64_t steps, int64_t n) const {
    return pieces_of(steps, std::max<int64_t>(1, portions().scored / n));
}

torch::Tensor PolicyNetwork::forward_into(int64_t, int64_t, const torch::Tensor&, Kept&) const {
    throw std::logic_error("a network that has no room keeps nothing");
}
std::unique_ptr<PolicyNetwork::Tape> PolicyNetwork::tape_of(const std::vector<int64_t>&, const Kept&) const {
    throw std::logic_error("a network that has no room keeps nothing");
}

torch::Tensor rows_at(const torch::Tensor& all, const std::vector<int64_t>& steps) {
    const auto count = static_cast<int64_t>(steps.size());
    if (steps.back() - steps.front() + 1 == count) {
        return all.narrow(0, steps.front(), count);
    }
    return all.index_select(0, torch::tensor(steps, torch::kInt64).to(all.device()));
}

}  // namespace drift
