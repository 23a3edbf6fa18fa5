#include "core/conditions/prior_inputs.h"

namespace drift {
namespace {

std::string no_fit(const std::string& key, const std::string& what, int64_t numbers, int64_t d) {
    return "'condition." + key + "' has " + what + std::to_string(numbers) + " numbers, but the prior has dimension " +
           std::to_string(d);
}

}  // namespace

int64_t dimension_of(const Prior& prior) {
    return c10::multiply_integers(prior.sample_shape());
}

torch::Tensor rows_for(const Array& array, const Prior& prior, const std::string& key) {
    torch::Tensor rows = matrix_of(array, "condition." + key);
    const int64_t d = dimension_of(prior);
    if (rows.size(1) != d) {
        throw UserError(no_fit(key, "rows of ", rows.size(1), d));
    }
    return rows;
}

torch::Tensor point_for(const Array& array, const Prior& prior, const std::string& key) {
    torch::Tensor point = vector_of(array, "condition." + key);
    const int64_t d = dimension_of(prior);
    if (point.size(0) != d) {
        throw UserError(no_fit(key, "", point.size(0), d));
    }
    return point;
}

torch::Tensor observation_for(const Array& array, int64_t count, const std::string& why) {
    torch::Tensor y = vector_of(array, "condition.observation");
    if (y.size(0) != count) {
        throw UserError("'condition.observation' has " + std::to_string(y.size(0)) + " numbers, but " + why);
    }
    return y;
}

const GaussianMixture& mixture_of(const Prior& prior, const std::string& condition) {
    if (prior.mixture() == nullptr) {
        throw UserError("'condition.type' is " + condition +
                        ", which needs a prior made of components, such as gaussian_mixture");
    }
    return *prior.mixture();
}

}  // namespace drift
