#include "core/noise_models/noise_model.h"

namespace drift {

torch::Tensor NoiseModel::log_density(const torch::Tensor& y, const torch::Tensor& u) const {
    return log_densities(y.to(torch::kFloat64), u.to(torch::kFloat64)).sum(1);
}

torch::Tensor NoiseModel::gradient(const torch::Tensor& y, const torch::Tensor& u) const {
    return slopes(y.to(torch::kFloat64), u.to(torch::kFloat64)).to(u.scalar_type());
}

torch::Tensor NoiseModel::proximal(const torch::Tensor&, const torch::Tensor&, double) const {
    return {};
}

torch::Tensor NoiseModel::normals(const torch::Tensor& u, const Random& random, int64_t index) {
    // 1 is taken by random masks
    constexpr int64_t first_extra = 2;
    torch::Tensor z = torch::empty(u.sizes(), u.options().dtype(torch::kFloat64));
    random.fill_normals(z, kernels::Purpose::Problem, index == 0 ? 0 : first_extra + index - 1);
    return z;
}

}  // namespace drift
