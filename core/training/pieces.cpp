#include "core/training/pieces.h"

#include "core/training/single_plan.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace drift {

PlainArithmetic::PlainArithmetic(bool wanted) {
    if (wanted) {
        below_.emplace();
    }
}

void in_pieces(int64_t count, const torch::Device& device, const std::function<void(int64_t)>& work) {
    const auto range = [&](int64_t first, int64_t last) {
        const at::NoGradGuard no_autograd;
        const SinglePlan plan;
        for (int64_t i = first; i < std::min(last, count); ++i) {
            work(i);
        }
    };
    if (device.is_cpu()) {
        // At least two: a loop of one is not parallel, and what is inside would share itself out among the threads.
        at::parallel_for(0, std::max<int64_t>(count, 2), 1, range);
    } else {
        range(0, count);
    }
}

std::vector<Piece> pieces_of(int64_t n, int64_t size) {
    const int64_t wanted = std::max<int64_t>(1, (n + size - 1) / size);
    const int64_t count = std::min(n, wanted + wanted % 2);
    std::vector<Piece> pieces;
    for (int64_t i = 0; i < count; ++i) {
        const int64_t first = i * n / count;
        pieces.push_back({first, (i + 1) * n / count - first});
    }
    return pieces;
}

}  // namespace drift
