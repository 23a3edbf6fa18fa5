#include "core/arrays.h"
#include "core/priors/mixture_prior.h"
#include "core/text.h"

namespace drift {
namespace {

[[noreturn]] void refuse(const GaussianMixture& mixture, const Array& covariance) {
    const std::string d = std::to_string(mixture.dimension());
    throw UserError("'prior.covariance' has shape " + shape_text(covariance.shape) + ", but must be a number, [" + d +
                    "] or [" + d + ", " + d + "], or a list of " + std::to_string(mixture.components()) + " of these");
}

CovarianceKind kind_of(const std::vector<int64_t>& shape) {
    if (shape.empty()) {
        return CovarianceKind::Scalar;
    }
    return shape.size() == 1 ? CovarianceKind::Diagonal : CovarianceKind::Full;
}

void check_positive(const GaussianMixture& mixture) {
    if (mixture.kind != CovarianceKind::Full) {
        if (!mixture.covariances.gt(0).all().item<bool>()) {
            throw UserError("'prior.covariance' holds " + shown(mixture.covariances.min().item<double>()) +
                            ", but every variance must be above 0");
        }
        return;
    }
    const torch::Tensor apart = (mixture.covariances - mixture.covariances.transpose(1, 2)).abs().amax();
    if (apart.item<double>() > 1e-9 * mixture.covariances.abs().max().item<double>()) {
        throw UserError("'prior.covariance' holds a matrix that is not symmetric, but a covariance must be");
    }
    if (!std::get<1>(at::linalg_cholesky_ex(mixture.covariances)).eq(0).all().item<bool>()) {
        throw UserError("'prior.covariance' holds a matrix that is not positive definite, but a covariance must be");
    }
}

}  // namespace

void set_covariances(GaussianMixture& mixture, const Array& covariance) {
    const int64_t d = mixture.dimension();
    const int64_t count = mixture.components();
    const std::vector<int64_t>& shape = covariance.shape;
    const auto is_one = [d](const std::vector<int64_t>& s) {
        return s.empty() || (s.size() == 1 && s[0] == d) || (s.size() == 2 && s[0] == d && s[1] == d);
    };
    if (covariance.data.empty()) {
        refuse(mixture, covariance);
    }
    const bool for_all = is_one(shape);
    if (!for_all && (shape.empty() || shape[0] != count || !is_one({shape.begin() + 1, shape.end()}))) {
        refuse(mixture, covariance);
    }
    const std::vector<int64_t> one = for_all ? shape : std::vector<int64_t>(shape.begin() + 1, shape.end());
    std::vector<int64_t> all{count};
    all.insert(all.end(), one.begin(), one.end());
    mixture.kind = kind_of(one);
    mixture.covariances = to_tensor(covariance).expand(all).contiguous();
    check_positive(mixture);
}

}  // namespace drift
