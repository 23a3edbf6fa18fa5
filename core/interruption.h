// Long work that is done while a run is set up, such as training a prior, asks here whether anybody still waits for it,
// and says how far it is. Per thread, as it is asked far below whoever knows the answer.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>

namespace drift {

/// Nobody waits any more: to be handled without a word by whoever said so.
class Interrupted : public std::exception {
public:
    const char* what() const noexcept override { return "interrupted"; }
};

/// How far such work is.
struct SetUpProgress {
    int64_t done = 0, all = 0;  // iterations
    double seconds = 0;         // that those took

    double share() const { return all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0; }
    /// Until the end, at the pace so far; 0 where nothing was done yet.
    double seconds_left() const {
        return done > 0 ? seconds / static_cast<double>(done) * static_cast<double>(all - done) : 0;
    }
};

/// While it lives, check_interruption() on this thread tells `told` and asks `unwanted`.
class Interruptible {
public:
    explicit Interruptible(std::function<bool()> unwanted, std::function<void(const SetUpProgress&)> told = {});
    ~Interruptible();
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

private:
    std::function<bool()> unwanted_;
    std::function<void(const SetUpProgress&)> told_;
    Interruptible* before_;

    friend void check_interruption(const SetUpProgress& progress);
};

/// Throws Interrupted where the work on this thread is unwanted by now.
void check_interruption(const SetUpProgress& progress);

}  // namespace drift
