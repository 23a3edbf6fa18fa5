// Why a method cannot work on a problem that it may know in another space.
#pragma once

#include "core/error.h"

namespace drift {

/// Thrown where a method needs a linear measurement with Gaussian noise and the condition has none.
class NeedsLinear : public UserError {
    using UserError::UserError;
};

}  // namespace drift
