#include "core/generators/remembered.h"

#include <algorithm>
#include <utility>

namespace drift {

int64_t Remembered::Entry::bytes() const {
    return static_cast<int64_t>(key.size()) + static_cast<int64_t>(weights.nbytes());
}

torch::Tensor Remembered::find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    if (found == entries_.end()) {
        return {};
    }
    std::rotate(found, found + 1, entries_.end());
    return entries_.back().weights;
}

void Remembered::keep(const std::string& key, const torch::Tensor& weights) {
    const std::scoped_lock lock(mutex_);
    if (const auto old = std::ranges::find(entries_, key, &Entry::key); old != entries_.end()) {  // by another thread
        bytes_ -= old->bytes();
        entries_.erase(old);
    }
    entries_.push_back({key, weights});
    bytes_ += entries_.back().bytes();
    while (bytes_ > most_bytes_ && entries_.size() > 1) {
        bytes_ -= entries_.front().bytes();
        entries_.pop_front();
    }
}

int64_t Remembered::bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
}

}  // namespace drift
