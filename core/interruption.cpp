#include "core/interruption.h"

#include <utility>

namespace drift {
namespace {

std::function<bool()>& unwanted_here() {
    thread_local std::function<bool()> unwanted;
    return unwanted;
}

}  // namespace

Interruptible::Interruptible(std::function<bool()> unwanted)
    : before_(std::exchange(unwanted_here(), std::move(unwanted))) {}

Interruptible::~Interruptible() {
    unwanted_here() = std::move(before_);
}

void check_interruption() {
    if (unwanted_here() && unwanted_here()()) {
        throw Interrupted();
    }
}

}  // namespace drift
