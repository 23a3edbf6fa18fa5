// Samples of any shape as rows and back, for references that ask a prior.
#pragma once

#include "core/training/reference.h"

#include <functional>
#include <numeric>
#include <vector>

namespace drift {

class Rows {
public:
    explicit Rows(const Prior& prior) : shape_(prior.sample_shape()) {
        dimension_ = std::accumulate(shape_.begin(), shape_.end(), int64_t{1}, std::multiplies<>());
        shape_.insert(shape_.begin(), -1);
    }
    int64_t dimension() const { return dimension_; }
    /// [n, d] in the shape of samples.
    torch::Tensor in(const torch::Tensor& rows) const { return rows.contiguous().view(shape_); }
    /// Samples as [n, d].
    torch::Tensor out(const torch::Tensor& samples) const { return samples.reshape({samples.size(0), dimension_}); }

private:
    std::vector<int64_t> shape_;
    int64_t dimension_ = 0;
};

}  // namespace drift
