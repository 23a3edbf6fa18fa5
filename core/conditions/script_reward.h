// A reward out of a TorchScript file, which runs code of its own.
#pragma once

#include "core/problem.h"

#include <string>

namespace drift {

/// log r = strength * forward(x), a number for every sample x [n, ...], in float32. Its gradient is that of autograd;
/// where the file has none, gradient() throws UserError. Throws UserError for files that do not give such numbers.
std::shared_ptr<const Condition> script_reward(const std::string& file, double strength, const Prior& prior,
                                               const MakeContext& context);

}  // namespace drift
