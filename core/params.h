// The one description of every setting. The window, the scenario file, the command line and the tests all walk a
// ParamSet; none of them knows any method by name.
#pragma once

#include "core/curve.h"
#include "core/error.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace drift {

/// Numbers in rows: shape {} is one number, {d} a vector, {m, d} a matrix, {k, d, d} a list of matrices.
struct Array {
    std::vector<int64_t> shape;
    std::vector<double> data;  // row by row

    bool operator==(const Array&) const = default;
};

/// Where a picture comes from: a data set and an index, or a PNG or NPY file.
struct ImageSource {
    std::string dataset = "fashion-mnist-test";
    int64_t index = 0;
    std::string file;  // wins where it is not empty

    bool operator==(const ImageSource&) const = default;
};

struct Term;  // core/terms.h

/// Several conditions with a weight each, for one that is put together of others. A plain value like the rest: the list
/// is never changed, only replaced.
struct Terms {
    std::shared_ptr<const std::vector<Term>> list;  // null where there are none

    bool operator==(const Terms& other) const;  ///< by the values of the parameters
};

using Value = std::variant<bool, int64_t, double, std::string, Curve, Array, ImageSource, Terms>;

struct Range {
    double min = 0;
    double max = 1;
    bool logarithmic = false;  // for the slider
};

/// When a change takes effect.
enum class Effect {
    Restart,  // the run begins again
    Live,     // from the next step on, with the same particles
};

/// What a tooltip says, a line each.
struct Help {
    std::string words;    // what it is, in plain words
    std::string formula;  // the same with the symbols of the specification
    std::string effect;   // what more or less of it does
};

/// What another parameter of the set is to be, which must be in effect itself.
struct Requirement {
    std::string key;
    std::vector<Value> values;  // one of these; above 0, a curve somewhere, where there are none

    static Requirement above_zero(std::string key) { return {std::move(key), {}}; }
};

/// Requirements of which one is enough.
using AnyOf = std::vector<Requirement>;

struct Param {
    std::string key;
    std::string title;  // for the window
    Value value;
    Value default_value;
    Help help;
    std::string unit;
    Range range;                       // numbers, elements of arrays, and values of curves
    std::vector<std::string> options;  // text only: the allowed choices; any text where empty
    std::optional<double> automatic;   // numbers only: the value that the text "auto" stands for
    Effect effect = Effect::Restart;
    bool advanced = false;         // shown after the others
    std::vector<AnyOf> only_with;  // it counts where all of these hold
};

/// An ordered set of parameters. A plain value: copied to the worker, compared for changes, kept for undo.
class ParamSet {
public:
    void add(Param param) { params_.push_back(std::move(param)); }
    /// Throws UserError, and leaves the set as it was, for an unknown key, another type or a value out of range.
    void set(std::string_view key, const Value& value);
    const Param& at(std::string_view key) const;  ///< throws UserError
    bool contains(std::string_view key) const;
    auto begin() const { return params_.begin(); }
    auto end() const { return params_.end(); }
    bool empty() const { return params_.empty(); }

private:
    std::vector<Param> params_;
};

/// Whether `param` of `set` counts, by its only_with.
bool in_effect(const ParamSet& set, const Param& param);

/// "only where loss is 'tb' or 'db', and buffer is above 0", for the manual; empty where it always counts.
std::string only_with_text(const Param& param);

/// True when every value is the same; descriptions are not compared.
bool same_values(const ParamSet& a, const ParamSet& b);

/// "a number between 0 and 1", "one of systematic, multinomial": what `param` accepts, for messages and the manual.
std::string accepted(const Param& param);
/// The value as a short text, for messages.
std::string shown(const Value& value);

/// One line of a `Fields<P>` table: a parameter, tied to the member of the typed struct P that the arithmetic reads.
/// The default is the initialiser of the member and is written nowhere else.
template <class P>
struct Field {
    template <class T>
    Field(std::string key, T P::*member, std::string title, Help help)
        : assign{[member](P& params, const Value& value) { params.*member = std::get<T>(value); }} {
        param.key = std::move(key);
        param.title = std::move(title);
        param.value = Value(P{}.*member);
        param.default_value = param.value;
        param.help = std::move(help);
    }

    Field between(double min, double max, bool logarithmic = false) && {
        param.range = {min, max, logarithmic};
        return std::move(*this);
    }
    Field unit(std::string text) && {
        param.unit = std::move(text);
        return std::move(*this);
    }
    Field one_of(std::vector<std::string> options) && {
        param.options = std::move(options);
        return std::move(*this);
    }
    Field live() && {
        param.effect = Effect::Live;
        return std::move(*this);
    }
    Field automatic(double value) && {
        param.automatic = value;
        return std::move(*this);
    }
    /// Called several times, all of it must hold.
    Field only_with(std::string key, std::vector<Value> values) && {
        return std::move(*this).only_with_any({{std::move(key), std::move(values)}});
    }
    Field only_above_zero(std::string key) && {
        return std::move(*this).only_with_any({Requirement::above_zero(std::move(key))});
    }
    Field only_with_any(AnyOf requirements) && {
        param.only_with.push_back(std::move(requirements));
        return std::move(*this);
    }
    Field advanced() && {
        param.advanced = true;
        return std::move(*this);
    }

    Param param;
    std::function<void(P&, const Value&)> assign;
};

template <class P>
using Fields = std::vector<Field<P>>;

/// The parameters of P with their default values.
template <class P>
ParamSet describe(const Fields<P>& fields) {
    ParamSet set;
    for (const Field<P>& field : fields) {
        set.add(field.param);
    }
    return set;
}

/// The typed struct back from a ParamSet.
template <class P>
P typed(const Fields<P>& fields, const ParamSet& set) {
    P params{};
    for (const Field<P>& field : fields) {
        field.assign(params, set.at(field.param.key).value);
    }
    return params;
}

}  // namespace drift
