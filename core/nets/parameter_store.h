// All numbers of a network in one flat tensor, and the network's tensors as views of it. The optimiser, the moving
// average, the checkpoint and the weight file then handle one array each and need to know nothing of the network.
#pragma once

#include "core/torch.h"

#include <string>
#include <vector>

namespace drift {

/// One named tensor of a network. Convolutions are stored as [out, height, width, in], which is channels-last.
struct ParameterEntry {
    std::string name;
    std::vector<int64_t> shape;  // as the network uses it: [out, in, height, width] for a convolution
    int64_t offset = 0;          // in numbers, from the start of the flat tensor
    int64_t count = 0;
    double scale = 0;  // standard deviation of the starting values
    double shift = 0;  // mean of the starting values

    /// [out, height, width, in] for a convolution, else `shape`.
    std::vector<int64_t> stored_shape() const;
};

/// Lists the parameters of a network first (`add`), then binds them to memory (`bind`).
class ParameterStore {
public:
    /// Announces a tensor with starting values N(shift, scale^2) and returns its index.
    size_t add(std::string name, std::vector<int64_t> shape, double scale, double shift = 0);

    /// Makes the parameters views of `flat` [count()]; throws c10::Error if the size is not count().
    void bind(const torch::Tensor& flat);

    /// Lets every parameter collect its gradient in the returned flat tensor [count()], which starts at zero.
    torch::Tensor collect_gradients();

    /// Makes every parameter something that autograd can be asked about, and that collects nothing by itself.
    void let_differentiate();

    /// Adds one gradient a parameter, in their order, to what belongs to it in `flat` [count()].
    void add_to(torch::Tensor& flat, const std::vector<torch::Tensor>& gradients) const;

    /// Starting values [count()], float32, from a generator seeded with `seed`.
    torch::Tensor initial_values(uint64_t seed) const;

    const torch::Tensor& operator[](size_t index) const { return views_[index]; }
    const std::vector<torch::Tensor>& all() const { return views_; }
    const std::vector<ParameterEntry>& entries() const { return entries_; }
    int64_t count() const { return count_; }

private:
    std::vector<ParameterEntry> entries_;
    std::vector<torch::Tensor> views_;
    torch::Tensor flat_;
    int64_t count_ = 0;
};

}  // namespace drift
