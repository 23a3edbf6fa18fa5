#include "core/target.h"

#include "core/density.h"
#include "core/targets/data_targets.h"

namespace drift {

void allocate(Cloud& cloud, int64_t n, const Target& target, const torch::TensorOptions& options, bool gradients) {
    std::vector<int64_t> shape = target.shape();
    shape.insert(shape.begin(), n);
    if (cloud.x.defined() && cloud.x.sizes() == shape && cloud.prior_gradient.defined() == gradients) {
        return;
    }
    const torch::TensorOptions numbers = options.dtype(torch::kFloat64);
    cloud.x = torch::empty(shape, options);
    cloud.log_prior = torch::zeros({n}, numbers);
    cloud.log_likelihood = torch::zeros({n}, numbers);
    cloud.prior_gradient = gradients ? torch::zeros(shape, options) : torch::Tensor{};
    cloud.likelihood_gradient = gradients ? torch::zeros(shape, options) : torch::Tensor{};
}

std::shared_ptr<const Target> data_target(const Problem& problem, const torch::TensorOptions& options,
                                          double score_noise) {
    if (problem.prior->mixture() != nullptr) {
        return mixture_target(problem, options);
    }
    return density_of(*problem.prior) != nullptr ? density_target(problem, options)
                                                 : score_target(problem, options, score_noise);
}

void require_density(const Target& target, const std::string& method) {
    if (!target.has_density()) {
        throw UserError("'sampler.type' is " + method +
                        ", which needs the density of the prior, but this prior has none in closed form: choose ula, a "
                        "guided method, or a gaussian or gaussian_mixture prior");
    }
}

}  // namespace drift
