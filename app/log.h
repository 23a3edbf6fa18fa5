// What happened, as sentences: the log panel lists them, and those that a user must not miss also appear as toasts.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace drift {

enum class Level { Info, Good, Warning, Error };

struct LogEntry {
    Level level = Level::Info;
    double seconds = 0;  // since the program started
    std::string text;    // one sentence
    int64_t repeats = 1;
    bool toast = false;
    std::string label = {}, action = {};  // of a button on the toast; empty for none
};

/// Belongs to the interface thread. Keeps the newest entries; a sentence that repeats the last one is only counted.
class Log {
public:
    void add(Level level, std::string text) { push(level, std::move(text), false); }
    /// Listed as well, and shown over the window for a few seconds.
    void toast(Level level, std::string text) { push(level, std::move(text), true); }
    /// With a button that does this command of the window.
    void offer(std::string text, std::string label, std::string action);

    const std::deque<LogEntry>& entries() const { return entries_; }
    /// Grows with every call of add() and toast().
    int64_t count() const { return count_; }
    void clear() { entries_.clear(); }

    static double now();  ///< seconds since the program started

private:
    void push(Level level, std::string text, bool toast);

    std::deque<LogEntry> entries_;
    int64_t count_ = 0;
};

}  // namespace drift
