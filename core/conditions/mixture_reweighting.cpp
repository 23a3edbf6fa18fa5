#include "core/conditions/mixture_reweighting.h"

#include "core/arrays.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

class MixtureReweighting final : public Condition {
public:
    MixtureReweighting(GaussianMixture prior, torch::Tensor weights, double strength)
        : prior_(std::move(prior)),
          weights_(std::move(weights)),
          log_ratio_(weights_.log() - prior_.weights.log()),
          precisions_(at::linalg_inv(prior_.full_covariances())),
          strength_(strength) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor log_joint = prior_.log_joint(host(clean), 0);
        const torch::Tensor log_r = (log_joint + log_ratio_).logsumexp(1) - log_joint.logsumexp(1);
        return (log_r * strength_).to(clean.device());
    }
    /// sum_j (rho'_j - rho_j) grad log N_j, rho and rho' the shares of the components before and after.
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const torch::Tensor x = host(clean);
        const torch::Tensor log_joint = prior_.log_joint(x, 0);
        const torch::Tensor change = (log_joint + log_ratio_).softmax(1) - log_joint.softmax(1);       // [n, J]
        const torch::Tensor apart = prior_.means.unsqueeze(1) - x.unsqueeze(0);                        // [J, n, d]
        const torch::Tensor scores = apart.matmul(precisions_) * change.t().unsqueeze(2) * strength_;  // [J, n, d]
        return scores.sum(0).view(clean.sizes()).to(clean.options());
    }
    std::shared_ptr<const MixturePosterior> exact(const GaussianMixture& prior) const override {
        if (strength_ != 1) {
            return nullptr;
        }
        GaussianMixture posterior = prior;
        const torch::Tensor total = weights_.sum();
        posterior.weights = weights_ / total;
        return std::make_shared<const MixturePosterior>(
            MixturePosterior{std::move(posterior), std::log(total.item<double>())});
    }

private:
    static torch::Tensor host(const torch::Tensor& clean) { return clean.flatten(1).to(torch::kCPU, torch::kFloat64); }

    GaussianMixture prior_;
    torch::Tensor weights_;     // [J]
    torch::Tensor log_ratio_;   // [J], -inf for components that are left out
    torch::Tensor precisions_;  // [J, d, d]
    double strength_;
};

}  // namespace

std::shared_ptr<const Condition> mixture_reweighting(const GaussianMixture& prior, const torch::Tensor& weights,
                                                     double strength) {
    return std::make_shared<const MixtureReweighting>(prior, weights, strength);
}

double reweighting_bytes(const ParamSet& /*params*/, const ParticleSize& size) {
    return size.components * (3 * size.sample + 4) * sizeof(double);
}

torch::Tensor component_indices(const Array& array, int64_t components, const std::string& key) {
    const torch::Tensor list = vector_of(array, "condition." + key);
    for (const double index : array.data) {
        if (std::count(array.data.begin(), array.data.end(), index) > 1) {
            throw UserError("'condition." + key + "' names " + shown(index) + " twice, but must name a component once");
        }
        if (index != std::floor(index) || index < 0 || index >= static_cast<double>(components)) {
            throw UserError("'condition." + key + "' holds " + shown(index) +
                            ", but takes numbers of the prior's components, from 0 to " +
                            std::to_string(components - 1));
        }
    }
    return list.to(torch::kInt64);
}

}  // namespace drift
