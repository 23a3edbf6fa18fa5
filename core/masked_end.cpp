#include "core/masked_end.h"

#include <cmath>

namespace drift {

void require_masklike(const Condition& condition) {
    const LinearGaussian* linear = condition.linear();
    bool masklike = false;
    if (linear != nullptr) {
        torch::Tensor probe = torch::empty({2, linear->y.size(0)}, linear->y.options());
        Random{}.fill_normals(probe, kernels::Purpose::Problem, 0);
        const torch::Tensor image = linear->A->forward(linear->A->adjoint(probe));
        masklike = at::allclose(image, probe, 1e-4, 1e-5);
    }
    if (!masklike) {
        throw UserError(
            "'sampler.masked_last' is on, but puts measured values in their places only where A A^T = I, as under a "
            "mask; turn it off for this condition");
    }
}

torch::Tensor fill_in_measured(const LinearGaussian& measurement, double variance, torch::Tensor& x) {
    const torch::Tensor e = measurement.y - measurement.A->forward(x.flatten(1));
    x.add_(measurement.A->adjoint(e).view_as(x));
    const auto m = static_cast<double>(e.size(1));
    return e.to(torch::kFloat64).square().sum(1).div_(variance).add_(m * std::log(2 * M_PI * variance)).mul_(-0.5);
}

}  // namespace drift
