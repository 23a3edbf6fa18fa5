// What was trained in this process, so that a run that begins again does not wait for it again. Numbers follow from the
// key alone, whoever trained them. May be used by several threads.
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace drift {

class Remembered {
public:
    /// Keeps no more than about that many bytes, but always the newest.
    explicit Remembered(int64_t most_bytes) : most_bytes_(most_bytes) {}

    /// Undefined where it is not known, or not any more.
    torch::Tensor find(const std::string& key);
    void keep(const std::string& key, const torch::Tensor& weights);
    int64_t bytes() const;

private:
    struct Entry {
        std::string key;
        torch::Tensor weights;

        int64_t bytes() const;
    };

    int64_t most_bytes_;
    int64_t bytes_ = 0;
    mutable std::mutex mutex_;   // guards what follows and the sum above
    std::deque<Entry> entries_;  // in the order of their last use
};

}  // namespace drift
