// Work on fixed pieces of a batch, each on one thread: LibTorch's own sums inside a piece then do not depend on the
// number of threads, and threads meet once a batch in place of once an operation.
#pragma once

#include "core/torch.h"

#include <ATen/core/LegacyTypeDispatch.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace drift {

/// Calls work(i) for i in [0, count), without autograd; one after the other where tensors are on a GPU.
void in_pieces(int64_t count, const torch::Device& device, const std::function<void(int64_t)>& work);

/// While it lives, operations of this thread go straight to their kernels: for those that autograd has no part in and
/// that are so small that the way there counts. Not around anything that may take a gradient inside.
class PlainArithmetic {
public:
    explicit PlainArithmetic(bool wanted);

private:
    std::optional<at::AutoDispatchBelowADInplaceOrView> below_;
};

/// work() on one thread.
inline void alone(const std::function<void()>& work) {
    in_pieces(1, torch::kCPU, [&](int64_t) { work(); });
}

struct Piece {
    int64_t first = 0, count = 0;
};

/// [0, n) in an even number of pieces of about `size`, which depend on n alone.
std::vector<Piece> pieces_of(int64_t n, int64_t size);

}  // namespace drift
