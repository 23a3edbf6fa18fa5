#include "core/frame.h"

#include "core/correction_field.h"

namespace drift {

int64_t Frame::bytes() const {
    const size_t floats = x.size() + denoised.size() + shift.size() + weights.size() + parent_weights.size() +
                          rewards.size() + residuals.size() + latent.size() + field.size();
    return static_cast<int64_t>(sizeof(Frame) + floats * sizeof(float) + ancestors.size() * sizeof(int32_t)) +
           (correction != nullptr ? correction->bytes() : 0);
}

}  // namespace drift
