#include "app/params_text.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <vector>

namespace drift {
namespace {

using Json = nlohmann::json;

void write(const Array& array, size_t level, size_t& next, std::string& text) {
    if (level == array.shape.size()) {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, array.data.at(next++));
        text.append(digits, end.ptr);
        return;
    }
    text += '[';
    for (int64_t i = 0; i < array.shape[level]; ++i) {
        text += i == 0 ? "" : ", ";
        write(array, level + 1, next, text);
    }
    text += ']';
}

/// False where the nesting is not that of a box of numbers.
bool read(const Json& json, size_t level, Array& array) {
    if (json.is_number()) {
        array.data.push_back(json.get<double>());
        return level == array.shape.size();
    }
    if (!json.is_array() || json.empty()) {
        return false;
    }
    const auto length = static_cast<int64_t>(json.size());
    if (level == array.shape.size()) {
        if (!array.data.empty()) {
            return false;
        }
        array.shape.push_back(length);
    }
    if (array.shape[level] != length) {
        return false;
    }
    for (const Json& part : json) {
        if (!read(part, level + 1, array)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string array_text(const Array& array) {
    std::string text;
    size_t next = 0;
    write(array, 0, next, text);
    return text;
}

Array array_from_text(std::string_view text, const std::string& key) {
    const Json json = Json::parse(text, nullptr, false);
    Array array;
    if (json.is_discarded() || !read(json, 0, array)) {
        throw UserError(key + ": \"" + std::string(text) +
                        "\" is not a list of numbers such as [1, 2] or [[1, 0], [0, 1]]");
    }
    return array;
}

}  // namespace drift
