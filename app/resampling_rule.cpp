#include "app/resampling_rule.h"

namespace drift {
namespace {

/// Null where there is no such parameter, or it has no effect.
const Value* value_in_effect(const ParamSet& params, const char* key) {
    return params.contains(key) && in_effect(params, params.at(key)) ? &params.at(key).value : nullptr;
}

}  // namespace

std::optional<double> resampling_threshold(const Choice& sampler) {
    const Value* share = value_in_effect(sampler.params, "resample_below");
    return share != nullptr ? std::optional(std::get<double>(*share)) : std::nullopt;
}

bool resamples_always(const Choice& sampler) {
    const Value* every = value_in_effect(sampler.params, "resample_every");
    return resampling_threshold(sampler) >= 1 || (every != nullptr && *every == Value(int64_t{1}));
}

}  // namespace drift
