// JSON as we accept it: no duplicate keys, no deep nesting, no text that is not UTF-8, and one sentence when it is
// wrong.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace drift {

/// Objects keep the order of their keys.
using Json = nlohmann::ordered_json;

/// Throws UserError, one sentence that begins with `origin`.
Json parse_json(std::string_view text, const std::string& origin);

/// "a list of 3", "the text 'x'", "null": what was given, for messages.
std::string given(const Json& json);

/// Throws UserError unless `json` is an object whose keys are all among `accepted`; `path` names it in the message.
void check_keys(const Json& json, const std::string& path, const std::vector<std::string>& accepted);

/// Objects on lines of their own, lists of numbers on one line each.
std::string pretty(const Json& json);

}  // namespace drift
