// Sentences over the lower right corner of the window, for a few seconds each (interface.md 5.11).
#pragma once

#include "app/log.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

class Toasts {
public:
    /// Shows what was logged as a toast since the last call; stays while the mouse is over it.
    /// Returns the command whose button was pressed; else empty.
    std::string draw(const Log& log, bool light);
    bool visible() const { return !shown_.empty(); }

private:
    struct Toast {
        LogEntry entry;
        double until = 0;
    };

    void collect(const Log& log);

    std::vector<Toast> shown_;
    int64_t seen_ = 0;
};

}  // namespace drift
