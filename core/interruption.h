// Long work that is done while a run is set up, such as training a prior, asks here whether anybody still waits for it.
// Per thread, as it is asked far below whoever knows the answer.
#pragma once

#include <exception>
#include <functional>

namespace drift {

/// Nobody waits any more: to be handled without a word by whoever said so.
class Interrupted : public std::exception {
public:
    const char* what() const noexcept override { return "interrupted"; }
};

/// While it lives, check_interruption() on this thread asks `unwanted`.
class Interruptible {
public:
    explicit Interruptible(std::function<bool()> unwanted);
    ~Interruptible();
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

private:
    std::function<bool()> before_;
};

/// Throws Interrupted where the work on this thread is unwanted by now.
void check_interruption();

}  // namespace drift
