// A prior that is only known as what a decoder makes of noise: methods work on it in noise space alone.
#pragma once

#include "core/decoder.h"
#include "core/problem.h"

namespace drift {

/// `variance` is V of its samples; `warning` something the user should know once, or empty.
std::shared_ptr<const Prior> decoder_prior(std::shared_ptr<const Decoder> decoder, double variance,
                                           std::string warning = {});

}  // namespace drift
