// What can be observed at all, for whoever lets an observation be dragged.
#pragma once

#include "core/catalog.h"

namespace drift {

/// The observation next to `value` that this condition accepts: counts are whole numbers, 0 or more.
double observable(const Choice& condition, double value);

}  // namespace drift
