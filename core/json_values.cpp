#include "core/json_values.h"

#include "core/choice_json.h"
#include "core/param_text.h"
#include "core/text.h"

#include <cmath>
#include <limits>
#include <optional>

namespace drift {
namespace {

constexpr size_t max_rank = 4;
constexpr size_t max_numbers = size_t{64} << 20;

[[noreturn]] void refuse(const std::string& path, const Json& json, const std::string& accepted) {
    throw UserError(in_quotes(path) + " is " + given(json) + " but takes " + accepted);
}

Json array_to_json(const Array& array, size_t axis, size_t& next) {
    if (axis == array.shape.size()) {
        return json_number(array.data.at(next++));
    }
    Json list = Json::array();
    for (int64_t i = 0; i < array.shape[axis]; ++i) {
        list.push_back(array_to_json(array, axis + 1, next));
    }
    return list;
}

Json curve_to_json(const Curve& curve) {
    if (curve.is_constant() && curve == Curve(curve.at(0))) {
        return json_number(curve.at(0));
    }
    Json knots = Json::array();
    for (const Knot& knot : curve.knots()) {
        knots.push_back(Json::array({json_number(knot.u), json_number(knot.value)}));
    }
    return {{"curve", to_string(curve.interpolation())}, {"scale", to_string(curve.scale())}, {"knots", knots}};
}

/// Fills `array` row by row; all lists of one level must have the length of the first.
void append(const Json& json, size_t axis, Array& array, const std::string& path) {
    if (!json.is_array()) {
        if (axis != array.shape.size()) {
            refuse(path, json, "lists of one length where other rows are lists");
        }
        array.data.push_back(number_from_json(json, path));
        return;
    }
    if (axis >= array.shape.size()) {
        throw UserError(in_quotes(path) + " mixes numbers and lists but takes rows of one length");
    }
    if (static_cast<int64_t>(json.size()) != array.shape[axis]) {
        throw UserError(in_quotes(path) + " has a row of " + std::to_string(json.size()) + " beside one of " +
                        std::to_string(array.shape[axis]) + " but takes rows of one length");
    }
    for (const Json& element : json) {
        append(element, axis + 1, array, path);
        if (array.data.size() > max_numbers) {
            throw UserError(in_quotes(path) + " has too many numbers, accepted are " + std::to_string(max_numbers));
        }
    }
}

std::optional<int64_t> integer_from(const Json& json) {
    if (json.is_number_unsigned()) {
        const auto value = json.get<uint64_t>();
        return value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())
                   ? std::optional(static_cast<int64_t>(value))
                   : std::nullopt;
    }
    if (json.is_number_integer()) {
        return json.get<int64_t>();
    }
    if (json.is_number_float()) {  // 1e3
        const auto value = json.get<double>();
        return std::abs(value) < 0x1p53 && value == std::floor(value) ? std::optional(static_cast<int64_t>(value))
                                                                      : std::nullopt;
    }
    return std::nullopt;
}

ImageSource image_from_json(const Json& json, const std::string& path) {
    check_keys(json, path, {"dataset", "index", "file"});
    if (json.contains("file") == json.contains("dataset") || (json.contains("file") && json.contains("index"))) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : json.items()) {
            keys.push_back(key);
        }
        throw UserError(in_quotes(path) + (keys.empty() ? " is empty" : " has " + joined(keys)) +
                        " but takes either \"dataset\" with \"index\" or \"file\"");
    }
    const std::string name = json.contains("file") ? "file" : "dataset";
    if (!json.at(name).is_string() || json.at(name).get_ref<const std::string&>().empty()) {
        refuse(path + "." + name, json.at(name), "a text");
    }
    ImageSource image;
    (name == "file" ? image.file : image.dataset) = json.at(name).get<std::string>();
    if (json.contains("index")) {
        const std::optional<int64_t> index = integer_from(json.at("index"));
        if (!index || *index < 0) {
            refuse(path + ".index", json.at("index"), "a whole number from 0");
        }
        image.index = *index;
    }
    return image;
}

Value parse_value(const Json& json, const Param& param, const std::string& path) {
    if (std::holds_alternative<bool>(param.value) && json.is_boolean()) {
        return json.get<bool>();
    }
    if (std::holds_alternative<int64_t>(param.value)) {
        if (const std::optional<int64_t> integer = integer_from(json)) {
            return *integer;
        }
    }
    if (std::holds_alternative<double>(param.value) && json.is_number()) {
        return json.get<double>();
    }
    if (param.automatic && json == "auto") {
        return *param.automatic;
    }
    if (std::holds_alternative<std::string>(param.value) && json.is_string()) {
        return json.get<std::string>();
    }
    if (std::holds_alternative<Curve>(param.value) && (json.is_number() || json.is_object())) {
        return curve_from_json(json, path);
    }
    if (std::holds_alternative<Array>(param.value) && (json.is_number() || json.is_array())) {
        return array_from_json(json, path);
    }
    if (std::holds_alternative<ImageSource>(param.value) && json.is_object()) {
        return image_from_json(json, path);
    }
    if (std::holds_alternative<Terms>(param.value) && json.is_array()) {
        return terms_from_json(json, path);
    }
    refuse(path, json, accepted(param));
}

}  // namespace

Json json_number(double value) {
    const bool whole = std::abs(value) < 0x1p53 && value == std::floor(value);
    const bool minus_zero = value == 0 && std::signbit(value);
    return whole && !minus_zero ? Json(static_cast<int64_t>(value)) : Json(value);
}

Json to_json(const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) {
        return json_number(*number);
    }
    if (const auto* curve = std::get_if<Curve>(&value)) {
        return curve_to_json(*curve);
    }
    if (const auto* array = std::get_if<Array>(&value)) {
        size_t next = 0;
        return array->data.empty() ? Json::array() : array_to_json(*array, 0, next);
    }
    if (const auto* image = std::get_if<ImageSource>(&value)) {
        return image->file.empty() ? Json{{"dataset", image->dataset}, {"index", image->index}}
                                   : Json{{"file", image->file}};
    }
    if (const auto* terms = std::get_if<Terms>(&value)) {
        return terms_to_json(*terms);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* integer = std::get_if<int64_t>(&value)) {
        return *integer;
    }
    return std::get<bool>(value);
}

Json to_json(const Param& param) {
    return param.automatic && param.value == Value(*param.automatic) ? Json("auto") : to_json(param.value);
}

Value value_from_json(const Json& json, const Param& param, const std::string& path) {
    Value value = parse_value(json, param, path);
    if (const std::string problem = problem_with(param, value); !problem.empty()) {
        throw UserError(in_quotes(path) + " " + problem);
    }
    return value;
}

Curve curve_from_json(const Json& json, const std::string& path) {
    if (json.is_number()) {
        return {json.get<double>()};
    }
    check_keys(json, path, {"curve", "scale", "knots"});
    if (!json.contains("knots")) {
        throw UserError(in_quotes(path + ".knots") + " is missing but a curve takes [[u, value], ...]");
    }
    const std::string kind = json.value("curve", Json("pchip")).dump();
    const std::string scale = json.value("scale", Json("linear")).dump();
    if (kind != "\"pchip\"" && kind != "\"linear\"" && kind != "\"step\"") {
        refuse(path + ".curve", json.at("curve"), "one of pchip, linear, step");
    }
    if (scale != "\"linear\"" && scale != "\"log\"") {
        refuse(path + ".scale", json.at("scale"), "one of linear, log");
    }
    const Array table = array_from_json(json.at("knots"), path + ".knots");
    if (table.shape.size() != 2 || table.shape[1] != 2) {
        refuse(path + ".knots", json.at("knots"), "a list of pairs [u, value]");
    }
    std::vector<Knot> knots;
    for (size_t i = 0; i < table.data.size(); i += 2) {
        knots.push_back({table.data[i], table.data[i + 1]});
    }
    const Interpolation interpolation = kind == "\"step\""     ? Interpolation::Step
                                        : kind == "\"linear\"" ? Interpolation::Linear
                                                               : Interpolation::Pchip;
    try {
        return {std::move(knots), interpolation, scale == "\"log\"" ? CurveScale::Log : CurveScale::Linear};
    } catch (const UserError& error) {
        throw UserError(in_quotes(path) + ": " + error.what());
    }
}

Array array_from_json(const Json& json, const std::string& path) {
    Array array;
    if (json.is_array() && json.empty()) {
        return {{0}, {}};
    }
    for (const Json* level = &json; level->is_array(); level = &level->front()) {
        if (level->empty() || array.shape.size() == max_rank) {
            refuse(path, json, "lists without empty ones, nested at most " + std::to_string(max_rank) + " deep");
        }
        array.shape.push_back(static_cast<int64_t>(level->size()));
    }
    append(json, 0, array, path);
    return array;
}

double number_from_json(const Json& json, const std::string& path) {
    if (!json.is_number()) {
        refuse(path, json, "a number");
    }
    return json.get<double>();
}

}  // namespace drift
