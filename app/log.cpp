#include "app/log.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include <unistd.h>

namespace drift {
namespace {

constexpr size_t max_entries = 2000;
constexpr double longest_loading = 60;  // seconds; more is a clock of another kind

/// How long the process had been loading its libraries when this was called first; 0 where the system does not tell.
double seconds_before() {
    std::ifstream file("/proc/self/stat");
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const size_t name_end = text.rfind(')');  // the name of the program may hold anything
    std::istringstream fields(name_end == std::string::npos ? "" : text.substr(name_end + 1));
    constexpr int start_field = 20;  // "starttime", counted from the one after the name
    std::string field;
    for (int i = 0; i < start_field; ++i) {
        fields >> field;
    }
    timespec now{};
    const long ticks = sysconf(_SC_CLK_TCK);
    if (!fields || ticks <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
        return 0;
    }
    const double started = std::strtod(field.c_str(), nullptr) / static_cast<double>(ticks);
    const double passed = static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) - started;
    return passed > 0 && passed < longest_loading ? passed : 0;
}

}  // namespace

double Log::now() {
    static const double before = seconds_before();
    static const auto start = std::chrono::steady_clock::now();
    return before + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Log::offer(std::string text, std::string label, std::string action) {
    push(Level::Info, std::move(text), true);
    entries_.back().label = std::move(label);
    entries_.back().action = std::move(action);
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
