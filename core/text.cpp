#include "core/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace drift {

std::string number_text(double value) {
    std::array<char, 32> buffer{};
    // 10000000 rather than 1e+07, which is shorter but not what people write.
    const bool whole = std::abs(value) < 1e9 && value == std::floor(value) && (value != 0 || !std::signbit(value));
    const auto [end, error] = whole ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::llround(value))
                                    : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc{} ? std::string(buffer.data(), end) : "?";
}

std::optional<double> number_from(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return std::nullopt;
        }
    }
    double value = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error != std::errc{} || end != last || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::string in_quotes(std::string_view text) {
    constexpr size_t longest = 80;
    std::string result = "'";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        result += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    if (text.size() > longest) {
        // A character of several bytes may have been cut in two.
        while ((static_cast<unsigned char>(result.back()) & 0xc0U) == 0x80U) {
            result.pop_back();
        }
        if (static_cast<unsigned char>(result.back()) >= 0xc0U) {
            result.pop_back();
        }
        result += "...";
    }
    return result + "'";
}

std::string one_line(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    while (result.ends_with(' ')) {
        result.pop_back();
    }
    return result;
}

std::string shape_text(const std::vector<int64_t>& shape) {
    std::vector<std::string> sizes;
    for (const int64_t size : shape) {
        sizes.push_back(std::to_string(size));
    }
    return "[" + joined(sizes) + "]";
}

std::string joined(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words) {
        result += (result.empty() ? "" : ", ") + word;
    }
    return result;
}

}  // namespace drift
