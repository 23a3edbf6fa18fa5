// A measurement of any kind: y seen through the noise of a sensor where h(x) should have been seen.
#pragma once

#include "core/noise_models/noise_model.h"
#include "core/operators.h"
#include "core/torch.h"

#include <memory>

namespace drift {

/// log p(y | x) = noise->log_density(y, h(x)), for samples x in rows.
struct Measured {
    std::shared_ptr<const ForwardOperator> h;
    std::shared_ptr<const LinearOperator> A;  // h where it is linear, else null
    torch::Tensor y;                          // [m]
    std::shared_ptr<const NoiseModel> noise;
};

}  // namespace drift
