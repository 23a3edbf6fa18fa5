#include "core/strict_json.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <set>

namespace drift {
namespace {

constexpr int max_depth = 32;

/// Watches the parser for what it would let pass: duplicate keys and nesting that nobody needs.
class Watch {
public:
    explicit Watch(const std::string& origin) : origin_(origin) {}

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        using Event = Json::parse_event_t;
        if (event == Event::object_start || event == Event::array_start) {
            if (depth >= max_depth) {
                throw UserError(origin_ + ": " + place() + "is nested more than " + std::to_string(max_depth) +
                                " levels deep");
            }
        }
        if (event == Event::object_start) {
            objects_.emplace_back();
        } else if (event == Event::object_end) {
            objects_.pop_back();
        } else if (event == Event::key) {
            Object& object = objects_.back();
            object.current = parsed.get<std::string>();
            if (!object.keys.insert(object.current).second) {
                throw UserError(origin_ + ": " + place() + "is given twice but each key is accepted once");
            }
        }
        return true;
    }

private:
    struct Object {
        std::set<std::string> keys;
        std::string current;
    };

    std::string place() const {
        std::string path;
        for (const Object& object : objects_) {
            path += (path.empty() ? "" : ".") + object.current;
        }
        return path.empty() ? "the file " : in_quotes(path) + " ";
    }

    const std::string& origin_;
    std::vector<Object> objects_;
};

/// The part of the parser's message that says where and why, without its prefix and the bytes it stumbled over.
std::string reason(const Json::exception& error) {
    std::string text = error.what();
    const size_t prefix = text.find("] ");
    text = prefix == std::string::npos ? text : text.substr(prefix + 2);
    text = text.substr(0, text.find("; last read"));
    return one_line(text);
}

bool is_table(const Json& json) {
    return json.is_array() &&
           std::ranges::any_of(json, [](const Json& row) { return row.is_array() || row.is_object(); });
}

void write(const Json& json, size_t indent, std::string& out) {
    const std::string space(indent + 2, ' ');
    constexpr size_t line_length = 100;
    if (json.is_object() && !json.empty()) {
        const char* separator = "{\n";
        for (const auto& [key, value] : json.items()) {
            out += separator + space + Json(key).dump() + ": ";
            write(value, indent + 2, out);
            separator = ",\n";
        }
        out += "\n" + std::string(indent, ' ') + "}";
        return;
    }
    // A file name may be no UTF-8; writing must not fail over it.
    const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!is_table(json) || line.size() <= line_length) {
        out += line;
        return;
    }
    const char* separator = "[\n";
    for (const Json& row : json) {
        out += separator + space;
        write(row, indent + 2, out);
        separator = ",\n";
    }
    out += "\n" + std::string(indent, ' ') + "]";
}

}  // namespace

Json parse_json(std::string_view text, const std::string& origin) {
    try {
        Watch watch(origin);
        return Json::parse(text.begin(), text.end(), [&watch](int depth, Json::parse_event_t event, Json& parsed) {
            return watch(depth, event, parsed);
        });
    } catch (const Json::out_of_range&) {
        throw UserError(origin + ": a number is too large, accepted are numbers below 1.8e308");
    } catch (const Json::exception& error) {
        throw UserError(origin + ": is not JSON, " + reason(error));
    }
}

std::string given(const Json& json) {
    if (json.is_array()) {
        return "a list of " + std::to_string(json.size());
    }
    if (json.is_object()) {
        return "an object";
    }
    if (json.is_string()) {
        return "the text " + in_quotes(json.get_ref<const std::string&>());
    }
    return json.is_number_float() ? number_text(json.get<double>()) : json.dump();
}

void check_keys(const Json& json, const std::string& path, const std::vector<std::string>& accepted) {
    const std::string name = path.empty() ? "the file" : in_quotes(path);
    if (!json.is_object()) {
        throw UserError(name + " is " + given(json) + " but takes an object with the keys " + joined(accepted));
    }
    for (const auto& [key, value] : json.items()) {
        if (std::ranges::find(accepted, key) == accepted.end()) {
            throw UserError(in_quotes(path.empty() ? key : path + "." + key) +
                            " is not a known key; accepted: " + joined(accepted));
        }
    }
}

std::string pretty(const Json& json) {
    std::string out;
    write(json, 0, out);
    return out + "\n";
}

}  // namespace drift
