// EDM preconditioning, D = c_skip x + c_out F(c_in x; c_noise). guidance.md 1.1.
#pragma once

#include <cmath>

namespace drift {

/// The four factors for one noise level; `data_variance` is V = sigma_data^2.
struct EdmScaling {
    double c_skip = 0, c_out = 0, c_in = 0, c_noise = 0;
};

inline EdmScaling edm_scaling(double sigma, double data_variance) {
    const double total = sigma * sigma + data_variance;
    return {data_variance / total, sigma * std::sqrt(data_variance / total), 1 / std::sqrt(total), std::log(sigma) / 4};
}

}  // namespace drift
