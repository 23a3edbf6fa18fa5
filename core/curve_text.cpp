// Curves to and from the clipboard. interface.md 5.6.
#include "core/curve.h"
#include "core/error.h"
#include "core/json_values.h"
#include "core/text.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace drift {
namespace {

constexpr std::string_view accepted_forms =
    "accepted: schedule v1: x=step01 interp=pchip [(0,0),(1,4)], JSON, a list of pairs, or two columns";

[[noreturn]] void refuse(std::string_view what) {
    throw UserError("the text of a curve " + std::string(what) + "; " + std::string(accepted_forms));
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

double number(std::string_view text) {
    std::string_view digits = text;
    if (!digits.empty() && (digits.back() == 'f' || digits.back() == 'F')) {
        digits.remove_suffix(1);  // a float literal of C
    }
    const std::optional<double> value = number_from(digits);
    if (!value) {
        refuse("contains " + in_quotes(text) + " where a number belongs");
    }
    return *value;
}

/// [(0, 1), (1, 2)], [[0, 1], [1, 2]] or {{0, 1}, {1, 2}}, with a comma after the last pair allowed.
class PairList {
public:
    explicit PairList(std::string_view text) : rest_(text) {}

    std::vector<Knot> read() {
        const char close = open();
        std::vector<Knot> knots;
        while (!take(close)) {
            const char end = open();
            const double u = word();
            expect(',');
            const double value = word();
            take(',');
            expect(end);
            knots.push_back({u, value});
            if (!take(',')) {
                expect(close);
                break;
            }
        }
        take(';');
        if (!trimmed(rest_).empty()) {
            refuse("goes on after the list with " + in_quotes(trimmed(rest_)));
        }
        return knots;
    }

private:
    bool take(char c) {
        rest_ = trimmed(rest_);
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char c) {
        if (!take(c)) {
            refuse(rest_.empty() ? "ends where " + in_quotes(std::string_view(&c, 1)) + " belongs"
                                 : "has " + in_quotes(rest_.substr(0, 12)) + " where " +
                                       in_quotes(std::string_view(&c, 1)) + " belongs");
        }
    }

    /// Takes an opening bracket of any kind and returns the one that closes it.
    char open() {
        for (const auto& [left, right] : {std::pair{'[', ']'}, {'(', ')'}, {'{', '}'}}) {
            if (take(left)) {
                return right;
            }
        }
        refuse(rest_.empty() ? "ends where a pair belongs"
                             : "has " + in_quotes(rest_.substr(0, 12)) + " where a pair belongs");
    }

    double word() {
        rest_ = trimmed(rest_);
        const size_t length = std::min(rest_.find_first_of(", \t\n\r)]}[({"), rest_.size());
        const std::string_view text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return number(text);
    }

    std::string_view rest_;
};

std::vector<Knot> table(std::string_view text) {
    std::vector<Knot> knots;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const size_t gap = line.find_first_of(" \t,;");
        const size_t second = gap == std::string_view::npos ? gap : line.find_first_not_of(" \t,;", gap);
        if (second == std::string_view::npos) {
            refuse("has the line " + in_quotes(line) + " where two numbers belong");
        }
        knots.push_back({number(line.substr(0, gap)), number(line.substr(second))});
    }
    return knots;
}

Curve one_line_form(std::string_view text) {
    constexpr std::string_view head = "schedule v1:";
    if (!text.starts_with(head)) {
        refuse("begins with " + in_quotes(text.substr(0, head.size())) + " where " + in_quotes(head) + " belongs");
    }
    text = trimmed(text.substr(head.size()));
    Interpolation interpolation = Interpolation::Pchip;
    CurveScale scale = CurveScale::Linear;
    while (!text.empty() && text.front() != '[') {
        const size_t end = std::min(text.find_first_of(" \t\n\r["), text.size());
        const std::string_view word = text.substr(0, end);
        text = trimmed(text.substr(end));
        if (word == "interp=linear") {
            interpolation = Interpolation::Linear;
        } else if (word == "interp=step") {
            interpolation = Interpolation::Step;
        } else if (word == "y=log") {
            scale = CurveScale::Log;
        } else if (word != "x=step01" && word != "interp=pchip" && word != "y=linear") {
            refuse("has " + in_quotes(word) +
                   " where x=step01, interp=pchip, linear or step, or y=linear or log belongs");
        }
    }
    return {PairList(text).read(), interpolation, scale};
}

}  // namespace

std::string to_text(const Curve& curve) {
    std::string text = "schedule v1: x=step01 interp=" + to_string(curve.interpolation());
    if (curve.scale() == CurveScale::Log) {
        text += " y=log";
    }
    const char* separator = " [";
    for (const Knot& knot : curve.knots()) {
        text += separator + ("(" + number_text(knot.u)) + "," + number_text(knot.value) + ")";
        separator = ",";
    }
    return text + "]";
}

Curve curve_from_text(std::string_view text) {
    constexpr size_t longest = size_t{64} << 10;
    if (text.size() > longest) {
        refuse("is longer than 64 KiB");
    }
    text = trimmed(text);
    if (text.starts_with("schedule")) {
        return one_line_form(text);
    }
    if (text.starts_with('{') && trimmed(text.substr(1)).starts_with('"')) {
        return curve_from_json(parse_json(text, "the text of a curve"), "curve");
    }
    if (const size_t assignment = text.find('='); assignment != std::string_view::npos) {
        text = trimmed(text.substr(assignment + 1));  // const double knots[][2] = {...};
    }
    if (text.empty()) {
        refuse("is empty");
    }
    if (text.front() == '[' || text.front() == '(' || text.front() == '{') {
        return {PairList(text).read(), Interpolation::Pchip};
    }
    if (const std::optional<double> constant = number_from(text)) {
        return {*constant};
    }
    return {table(text), Interpolation::Pchip};
}

}  // namespace drift
