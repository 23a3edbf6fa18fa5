#include "core/frame.h"

#include "core/correction_field.h"

namespace drift {
namespace {

size_t floats_of(const CorrectionField* correction) {
    if (correction == nullptr) {
        return 0;
    }
    size_t floats = correction->places.size();
    for (const PlaneField* field : {&correction->learned, &correction->exact, &correction->dps}) {
        floats += field->on_grid.size() + field->at_places.size();
    }
    return floats;
}

}  // namespace

int64_t Frame::bytes() const {
    const size_t floats = x.size() + denoised.size() + shift.size() + weights.size() + parent_weights.size() +
                          rewards.size() + residuals.size() + latent.size() + field.size() +
                          floats_of(correction.get());
    return static_cast<int64_t>(sizeof(Frame) + floats * sizeof(float) + ancestors.size() * sizeof(int32_t));
}

}  // namespace drift
