// End points of trajectories that are kept to learn from again, oldest out first. trained_samplers.md 2.1. They are
// kept in float32, as a checkpoint stores them, with log r itself and not beta log r: beta changes.
#pragma once

#include "core/random.h"
#include "core/torch.h"
#include "core/training/terminal.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

enum class BufferPriority {
    Uniform,
    Reward,  // a quarter of the draws by w, the others evenly
    Rank,    // 1 / (0.01 N + r), r = 0 for the best
};
std::vector<std::string> priority_names();
BufferPriority priority_named(const std::string& name);

struct ReplayBuffer {
    torch::Tensor x;            // [capacity, width]; undefined before the first
    torch::Tensor base, log_r;  // [capacity]
    int64_t capacity = 0;
    int64_t width = 0;  // d, where it is known before the first; a file with another is refused
    int64_t count = 0;  // of them are filled
    int64_t next = 0;   // where the next one goes

    bool empty() const { return count == 0; }
    void add(const torch::Tensor& ends, const Terminal::Value& value);
    /// log w of all that are filled, in order.
    std::vector<double> log_w(double beta) const;
    /// A copy that shares no memory.
    ReplayBuffer copy() const;
};

/// Places in the buffer for `draws` draws.
std::vector<int64_t> draw_from(const ReplayBuffer& buffer, BufferPriority priority, double beta, int64_t draws,
                               const Random& random);
/// By w alone.
std::vector<int64_t> draw_by_weight(const std::vector<double>& log_w, int64_t draws, const Random& random);

}  // namespace drift
