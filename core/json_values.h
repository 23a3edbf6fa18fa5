// Parameter values as JSON and back. formats.md, "Scenario".
#pragma once

#include "core/params.h"
#include "core/strict_json.h"

#include <string>

namespace drift {

/// A whole number stays short: 20, not 20.0. Reads back as the same double.
Json json_number(double value);

Json to_json(const Value& value);
/// The same, with "auto" for the automatic value of a parameter.
Json to_json(const Param& param);

/// Reads what `param` takes; `path` is the full key for messages. Throws UserError; range and choices are checked too.
Value value_from_json(const Json& json, const Param& param, const std::string& path);

/// {"curve": ..., "scale": ..., "knots": [[u, value], ...]} or a number. Throws UserError.
Curve curve_from_json(const Json& json, const std::string& path);

/// A number, a list or nested lists of one shape; [] has shape {0}. Throws UserError.
Array array_from_json(const Json& json, const std::string& path);

/// A finite number. Throws UserError.
double number_from_json(const Json& json, const std::string& path);

}  // namespace drift
