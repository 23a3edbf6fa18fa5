// The order of particles along a Hilbert curve, which keeps neighbours in space together. For resampling schemes that
// walk along the particles (Gerber and Chopin 2015). guidance.md 2.3.
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <vector>

namespace drift {

/// The place of a cell on the Hilbert curve through a grid of 2^bits cells in each direction; the coordinates of `cell`
/// lie below 2^bits, and all of them together have at most 64 bits.
uint64_t hilbert_place(std::vector<uint32_t> cell, int bits);

/// The particles of x [n, ...] in the order in which the curve passes them, int32 [n] on the host. The curve goes
/// through the first coordinates, four at most, each measured from the cloud's mean in units of its deviation; what
/// shares a cell, and what has no finite place, stands in the order of its number.
torch::Tensor hilbert_order(const torch::Tensor& x);

}  // namespace drift
