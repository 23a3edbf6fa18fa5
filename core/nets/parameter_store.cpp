#include "core/nets/parameter_store.h"

#include <ATen/CPUGeneratorImpl.h>

#include <functional>
#include <numeric>
#include <utility>

namespace drift {
namespace {

/// The part of `flat` that belongs to `entry`, in the entry's shape.
torch::Tensor view_of(const torch::Tensor& flat, const ParameterEntry& entry) {
    const torch::Tensor part = flat.narrow(0, entry.offset, entry.count);
    const torch::Tensor view = part.view(entry.stored_shape());
    return view.dim() == 4 ? view.permute({0, 3, 1, 2}) : view;
}

}  // namespace

std::vector<int64_t> ParameterEntry::stored_shape() const {
    return shape.size() == 4 ? std::vector<int64_t>{shape[0], shape[2], shape[3], shape[1]} : shape;
}

size_t ParameterStore::add(std::string name, std::vector<int64_t> shape, double scale, double shift) {
    const int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    entries_.push_back({std::move(name), std::move(shape), count_, count, scale, shift});
    count_ += count;
    return entries_.size() - 1;
}

void ParameterStore::bind(const torch::Tensor& flat) {
    TORCH_CHECK(flat.dim() == 1 && flat.numel() == count_, "a network of ", count_, " numbers was given ",
                flat.numel());
    flat_ = flat.detach();
    views_.clear();
    for (const ParameterEntry& entry : entries_) {
        views_.push_back(view_of(flat_, entry));
    }
}

torch::Tensor ParameterStore::collect_gradients() {
    torch::Tensor gradients = torch::zeros_like(flat_);
    for (size_t i = 0; i < entries_.size(); ++i) {
        views_[i].set_requires_grad(true);
        views_[i].mutable_grad() = view_of(gradients, entries_[i]);
    }
    return gradients;
}

void ParameterStore::let_differentiate() {
    for (const torch::Tensor& parameter : views_) {
        parameter.set_requires_grad(true);
    }
}

void ParameterStore::add_to(torch::Tensor& flat, const std::vector<torch::Tensor>& gradients) const {
    for (size_t i = 0; i < entries_.size(); ++i) {
        view_of(flat, entries_[i]).add_(gradients.at(i));
    }
}

torch::Tensor ParameterStore::initial_values(uint64_t seed) const {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    torch::Tensor flat = torch::empty({count_}, torch::kFloat32);
    for (const ParameterEntry& entry : entries_) {
        flat.narrow(0, entry.offset, entry.count).normal_(entry.shift, entry.scale, generator);
    }
    return flat;
}

}  // namespace drift
