// L-BFGS for a batch of independent problems: every row has its own memory and its own length of the step, so that what
// becomes of a row depends on that row alone (Nocedal and Wright, algorithms 7.4 and 3.1).
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <functional>

namespace drift {

/// A function of every row of x [n, d] and its gradient there.
struct RowValues {
    torch::Tensor value;     // [n] float64
    torch::Tensor gradient;  // [n, d] in the type of x
};
using RowFunction = std::function<RowValues(const torch::Tensor& x)>;

struct LbfgsOptions {
    int64_t steps = 20;
    int64_t history = 7;      // pairs of steps and changes of the gradient that are remembered
    int64_t halvings = 20;    // of a step that does not lead far enough down
    double first_length = 1;  // the first step is this times the negative gradient
};

/// A point near a minimum of `f` for every row, from `start` [n, d]. No row ever goes up by more than rounding.
torch::Tensor minimise_rows(const RowFunction& f, const torch::Tensor& start, const LbfgsOptions& options);

}  // namespace drift
