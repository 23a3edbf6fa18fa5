#include "core/waste_free.h"

#include "core/chain_state.h"
#include "core/resampling.h"

namespace drift {
namespace {

/// Some rows of a cloud, without a copy.
Cloud rows(const Cloud& cloud, int64_t first, int64_t count) {
    const auto part = [&](const torch::Tensor& tensor) {
        return tensor.defined() ? tensor.narrow(0, first, count) : tensor;
    };
    return {part(cloud.x), part(cloud.log_prior), part(cloud.log_likelihood), part(cloud.prior_gradient),
            part(cloud.likelihood_gradient)};
}

/// Which chain each of n particles belongs to, and which state of it it is.
struct Places {
    std::vector<int32_t> chain, level;
};

Places places_of(int64_t n, const WasteFree& plan, int64_t step) {
    const int64_t longer = n % plan.chains;
    const auto first =
        static_cast<int64_t>(plan.random.uniform(kernels::Purpose::Lengths, step) * static_cast<double>(plan.chains));
    Places places;
    for (int64_t chain = 0; chain < plan.chains; ++chain) {
        const int64_t length = n / plan.chains + ((chain + first) % plan.chains < longer ? 1 : 0);
        for (int64_t level = 0; level < length; ++level) {
            places.chain.push_back(static_cast<int32_t>(chain));
            places.level.push_back(static_cast<int32_t>(level));
        }
    }
    return places;
}

}  // namespace

int64_t chains_of(int64_t n, int64_t moves) {
    return (n + moves) / (moves + 1);
}

void run_waste_free(const Cloud& now, State& next, const Target& target, const torch::TensorOptions& options,
                    const WasteFree& plan, const std::function<void(Cloud&, int64_t)>& move) {
    Chains& chains = next.chains;
    const int64_t n = next.x.size(0);
    const int64_t longest = (n + plan.chains - 1) / plan.chains;
    const bool gradients = chains.cloud.prior_gradient.defined();
    const torch::Tensor parents = next.parents.narrow(0, 0, plan.chains);
    allocate(chains.starts, plan.chains, target, options, gradients);
    allocate(chains.all, plan.chains * longest, target, options, gradients);
    gather(now, parents, chains.starts);
    double accepted = 0;
    for (int64_t level = 0; level < longest; ++level) {
        if (level > 0) {
            move(chains.starts, 1);
            accepted += next.numbers.acceptance / static_cast<double>(longest - 1);
        }
        Cloud here = rows(chains.all, level * plan.chains, plan.chains);
        copy(chains.starts, here);
    }
    next.numbers.acceptance = longest > 1 ? accepted : 1;
    Places places = places_of(n, plan, next.step);
    const auto on_device = [&](std::vector<int32_t>& values) {
        return torch::from_blob(values.data(), {n}, torch::kInt32).to(parents.device());
    };
    const torch::Tensor chain = on_device(places.chain);
    gather(parents, chain, next.ancestors);
    const torch::Tensor row = (on_device(places.level) * plan.chains + chain).to(torch::kInt32);
    gather(chains.all, row, chains.cloud);
}

}  // namespace drift
