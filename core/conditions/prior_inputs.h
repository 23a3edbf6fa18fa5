// Arrays of a condition that must fit the samples of the prior, with the messages that every condition needs.
#pragma once

#include "core/arrays.h"
#include "core/problem.h"

#include <string>

namespace drift {

/// Numbers in one sample of the prior.
int64_t dimension_of(const Prior& prior);

/// A matrix with rows of that many numbers; `key` is that of the condition, for messages. Throws UserError.
torch::Tensor rows_for(const Array& array, const Prior& prior, const std::string& key);
/// A vector of that many numbers. Throws UserError.
torch::Tensor point_for(const Array& array, const Prior& prior, const std::string& key);
/// 'condition.observation', `count` numbers; `why` says what there are so many of. Throws UserError.
torch::Tensor observation_for(const Array& array, int64_t count, const std::string& why);

/// The closed form behind the prior. Throws UserError, naming the condition, where there is none.
const GaussianMixture& mixture_of(const Prior& prior, const std::string& condition);

}  // namespace drift
