#include "core/interruption.h"

#include <utility>

namespace drift {
namespace {

thread_local Interruptible* innermost = nullptr;

}  // namespace

Interruptible::Interruptible(std::function<bool()> unwanted, std::function<void(const SetUpProgress&)> told)
    : unwanted_(std::move(unwanted)), told_(std::move(told)), before_(std::exchange(innermost, this)) {}

Interruptible::~Interruptible() {
    innermost = before_;
}

void check_interruption(const SetUpProgress& progress) {
    if (innermost == nullptr) {
        return;
    }
    if (innermost->told_) {
        innermost->told_(progress);
    }
    if (innermost->unwanted_()) {
        throw Interrupted();
    }
}

}  // namespace drift
