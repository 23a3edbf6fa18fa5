// The judgement behind ParamSet::set, for whoever wants to name a parameter by a longer path than its key.
#pragma once

#include "core/params.h"

#include <string>

namespace drift {

/// What is wrong with `value` for `param`: "is 3 but takes a number from 0 to 1.5", or empty where nothing is.
std::string problem_with(const Param& param, const Value& value);

}  // namespace drift
