// Conditions as a value of a parameter: what `Terms` of core/params.h holds, for a condition that is a sum of others.
#pragma once

#include "core/catalog.h"

#include <string>
#include <vector>

namespace drift {

/// One condition of several: weight * log r. Its keys stand beside "weight" in a scenario file.
struct Term {
    Choice condition;
    double weight = 1;
};

/// What a weight may be.
inline constexpr Range weight_range{-1e6, 1e6, false};

/// The conditions of `terms`; empty where there are none.
const std::vector<Term>& list_of(const Terms& terms);
Terms terms_of(std::vector<Term> list);

}  // namespace drift
