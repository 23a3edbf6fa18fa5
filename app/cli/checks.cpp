#include "app/cli/checks.h"

#include "core/text.h"

#include <charconv>
#include <optional>
#include <string>

namespace drift::cli {
namespace {

std::string refused(const std::string& text, const std::string& accepted) {
    return "is " + in_quotes(text) + " but takes " + accepted;
}

}  // namespace

CLI::Validator whole_number(uint64_t least, uint64_t most) {
    const bool bounded = most != static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    const std::string accepted =
        "a whole number from " + std::to_string(least) + (bounded ? " to " + std::to_string(most) : "");
    const auto check = [least, most, accepted](const std::string& text) {
        uint64_t value = 0;
        const char* last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), last, value);
        const bool whole = error == std::errc{} && end == last;
        return whole && value >= least && value <= most ? std::string() : refused(text, accepted);
    };
    return {check, ""};
}

CLI::Validator number_above_zero() {
    const auto check = [](const std::string& text) {
        const std::optional<double> value = number_from(text);
        return value && *value > 0 ? std::string() : refused(text, "a number above 0");
    };
    return {check, ""};
}

}  // namespace drift::cli
