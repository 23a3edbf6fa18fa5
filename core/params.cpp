#include "core/params.h"

#include "core/param_text.h"
#include "core/terms.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace drift {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string between(const Range& range) {
    return "from " + number_text(range.min) + " to " + number_text(range.max);
}

bool inside(const Range& range, double number) {
    return number >= range.min && number <= range.max;  // false for what is not a number
}

int64_t size_of(const Array& array) {
    int64_t size = 1;
    for (const int64_t extent : array.shape) {
        size *= extent;
    }
    return size;
}

/// The first number of `value` that may not be there.
std::optional<double> misfit(const Range& range, const Value& value) {
    const auto outside = [&range](double number) { return !std::isfinite(number) || !inside(range, number); };
    if (const auto* integer = std::get_if<int64_t>(&value)) {
        const auto number = static_cast<double>(*integer);
        return outside(number) ? std::optional(number) : std::nullopt;
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return outside(*number) ? std::optional(*number) : std::nullopt;
    }
    if (const auto* curve = std::get_if<Curve>(&value)) {
        for (const Knot& knot : curve->knots()) {
            if (outside(knot.value)) {
                return knot.value;
            }
        }
    }
    if (const auto* array = std::get_if<Array>(&value)) {
        const auto found = std::ranges::find_if(array->data, outside);
        return found != array->data.end() ? std::optional(*found) : std::nullopt;
    }
    return std::nullopt;
}

bool fits_text(const Param& param, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        const bool listed = std::ranges::find(param.options, *text) != param.options.end();
        const bool plain = std::ranges::none_of(*text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        return param.options.empty() ? plain : listed;
    }
    if (const auto* image = std::get_if<ImageSource>(&value)) {
        return image->index >= 0 && (!image->file.empty() || !image->dataset.empty());
    }
    if (const auto* array = std::get_if<Array>(&value)) {
        return size_of(*array) == static_cast<int64_t>(array->data.size());
    }
    return true;
}

/// Of a curve somewhere.
bool above_zero(const Value& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
        return *integer > 0;
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return *number > 0;
    }
    const auto* curve = std::get_if<Curve>(&value);
    return curve != nullptr && curve->max_value() > 0;
}

std::string extents_text(const Array& array) {
    std::string text;
    for (const int64_t extent : array.shape) {
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    }
    return text;
}

}  // namespace

std::string accepted(const Param& param) {
    const std::string range = between(param.range);
    return std::visit(
        Overloaded{
            [](bool) -> std::string { return "true or false"; },
            [&](int64_t) { return "a whole number " + range; },
            [&](double) { return "a number " + range + (param.automatic ? " or auto" : ""); },
            [&](const std::string&) -> std::string {
                return param.options.empty() ? "a text without line breaks" : "one of " + joined(param.options);
            },
            [&](const Curve&) { return "a number or a curve of numbers " + range; },
            [&](const Array&) { return "a number, a list or a table of numbers " + range; },
            [](const ImageSource&) -> std::string { return "{\"dataset\": ..., \"index\": ...} or {\"file\": ...}"; },
            [](const Terms&) -> std::string {
                return "a list of conditions, {\"type\": ..., \"weight\": 1, ...} each";
            },
        },
        param.default_value);
}

std::string shown(const Value& value) {
    return std::visit(
        Overloaded{
            [](bool flag) -> std::string { return flag ? "true" : "false"; },
            [](int64_t number) { return std::to_string(number); },
            [](double number) { return number_text(number); },
            [](const std::string& text) { return in_quotes(text); },
            [](const Curve& curve) {
                return curve.is_constant()
                           ? number_text(curve.at(0))
                           : "a curve from " + number_text(curve.min_value()) + " to " + number_text(curve.max_value());
            },
            [](const Array& array) -> std::string {
                if (array.data.empty()) {
                    return "an empty list";
                }
                return array.shape.empty() ? number_text(array.data.front()) : extents_text(array) + " numbers";
            },
            [](const ImageSource& image) {
                return image.file.empty() ? in_quotes(image.dataset) + " number " + std::to_string(image.index)
                                          : in_quotes(image.file);
            },
            [](const Terms& terms) -> std::string {
                std::vector<std::string> types;
                for (const Term& term : list_of(terms)) {
                    types.push_back(term.condition.type);
                }
                return types.empty() ? "an empty list" : joined(types);
            },
        },
        value);
}

std::string problem_with(const Param& param, const Value& value) {
    if (param.value.index() != value.index()) {
        return "is " + shown(value) + " but takes " + accepted(param);
    }
    if (param.automatic && value == Value(*param.automatic)) {
        return {};  // may lie outside the range
    }
    if (!fits_text(param, value)) {
        return "is " + shown(value) + " but takes " + accepted(param);
    }
    if (const std::optional<double> number = misfit(param.range, value)) {
        const bool several = std::holds_alternative<Array>(value) || std::holds_alternative<Curve>(value);
        return (several ? "contains " : "is ") + number_text(*number) + " but takes " + accepted(param);
    }
    return {};
}

bool ParamSet::contains(std::string_view key) const {
    return std::ranges::find(params_, key, &Param::key) != params_.end();
}

const Param& ParamSet::at(std::string_view key) const {
    const auto found = std::ranges::find(params_, key, &Param::key);
    if (found == params_.end()) {
        std::vector<std::string> keys;
        for (const Param& param : params_) {
            keys.push_back(param.key);
        }
        throw UserError(in_quotes(key) + " is not a known key; accepted: " + (keys.empty() ? "none" : joined(keys)));
    }
    return *found;
}

void ParamSet::set(std::string_view key, const Value& value) {
    if (const std::string problem = problem_with(at(key), value); !problem.empty()) {
        throw UserError(in_quotes(key) + " " + problem);
    }
    std::ranges::find(params_, key, &Param::key)->value = value;
}

bool in_effect(const ParamSet& set, const Param& param) {
    const auto holds = [&set](const Requirement& requirement) {
        const Param& other = set.at(requirement.key);
        const bool as_required = requirement.values.empty()
                                     ? above_zero(other.value)
                                     : std::ranges::find(requirement.values, other.value) != requirement.values.end();
        return as_required && in_effect(set, other);
    };
    return std::ranges::all_of(param.only_with, [&](const AnyOf& any) { return std::ranges::any_of(any, holds); });
}

std::string only_with_text(const Param& param) {
    std::string text;
    for (const AnyOf& any : param.only_with) {
        std::string alternatives;
        for (const Requirement& requirement : any) {
            std::string values = requirement.values.empty() ? "above 0" : "";
            for (const Value& value : requirement.values) {
                values += (values.empty() ? "" : " or ") + (value == Value(std::string()) ? "not given" : shown(value));
            }
            alternatives += (alternatives.empty() ? "" : " or ") + requirement.key + " is " + values;
        }
        text += (text.empty() ? "only where " : ", and ") + alternatives;
    }
    return text;
}

bool same_values(const ParamSet& a, const ParamSet& b) {
    return std::ranges::equal(
        a, b, [](const Param& left, const Param& right) { return left.key == right.key && left.value == right.value; });
}

}  // namespace drift
