// Conditions that are sums of others, by the sign of their weights.
#pragma once

#include "core/problem.h"

namespace drift {

class WeightedTerms {
public:
    virtual ~WeightedTerms() = default;
    virtual double least_weight() const = 0;
};

/// Whether a term counts against itself: then the likelihood may grow without bound away from what was measured.
inline bool has_negative_weight(const Condition& condition) {
    const auto* terms = dynamic_cast<const WeightedTerms*>(&condition);
    return terms != nullptr && terms->least_weight() < 0;
}

}  // namespace drift
