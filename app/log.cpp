#include "app/log.h"

#include <chrono>
#include <utility>

namespace drift {
namespace {

constexpr size_t max_entries = 2000;

}  // namespace

double Log::now() {
    static const auto start = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Log::push(Level level, std::string text, bool toast) {
    ++count_;
    const double seconds = now();
    if (!entries_.empty() && entries_.back().text == text && entries_.back().level == level) {
        LogEntry& last = entries_.back();
        last.seconds = seconds;
        last.toast = last.toast || toast;
        ++last.repeats;
        return;
    }
    entries_.push_back({level, seconds, std::move(text), 1, toast});
    if (entries_.size() > max_entries) {
        entries_.pop_front();
    }
}

}  // namespace drift
