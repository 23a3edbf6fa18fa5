#include "core/correction_field.h"

#include "core/guidance_field.h"
#include "core/torch_error.h"

#include <exception>
#include <utility>

namespace drift {
namespace {

constexpr int64_t fields_shown = 3;
constexpr auto bytes_of_field = static_cast<int64_t>(sizeof(float)) * 2 * field_side * field_side;

}  // namespace

int64_t CorrectionNumbers::bytes() const {
    size_t floats = places.size();
    for (const PlaneField* field : {&learned, &exact, &dps}) {
        floats += field->on_grid.size() + field->at_places.size();
    }
    return static_cast<int64_t>(floats * sizeof(float));
}

CorrectionField::CorrectionField(Compute compute, int64_t kept_bytes)
    : compute_(std::move(compute)), kept_bytes_(kept_bytes) {}

std::shared_ptr<const CorrectionNumbers> CorrectionField::numbers() const {
    const std::scoped_lock one_at_a_time(computing_);
    if (!compute_) {
        return known();
    }
    std::shared_ptr<const CorrectionNumbers> made;
    std::string failure;
    try {
        made = std::make_shared<const CorrectionNumbers>(compute_());
    } catch (const std::exception& error) {  // not again for every look, and no reason for the run to stop
        failure = torch_sentence(error);
    }
    compute_ = nullptr;
    const std::scoped_lock lock(mutex_);
    numbers_ = made;
    failure_ = std::move(failure);
    return made;
}

std::shared_ptr<const CorrectionNumbers> CorrectionField::known() const {
    const std::scoped_lock lock(mutex_);
    return numbers_;
}

std::string CorrectionField::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
}

int64_t CorrectionField::bytes() const {
    return kept_bytes_ + fields_shown * bytes_of_field;
}

}  // namespace drift
