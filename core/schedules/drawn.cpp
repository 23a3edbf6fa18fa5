// A noise schedule drawn by hand: a monotone curve through knots (u, ln sigma). formats.md, "Curves".

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

struct Params : schedules::StepCount {
    Array knots{{3, 2}, {0, 3, 0.5, 0, 1, -3.9}};
    std::string interpolation = "pchip";
};

Curve curve_through(std::vector<Knot> knots, const std::string& interpolation) {
    try {
        return {std::move(knots), interpolation == "linear" ? Interpolation::Linear : Interpolation::Pchip};
    } catch (const UserError& error) {
        throw UserError(std::string("'schedule.knots': ") + error.what());
    }
}

std::vector<double> levels(const Params& params) {
    if (params.knots.shape.size() != 2 || params.knots.shape[1] != 2) {
        throw UserError("'schedule.knots' must be a list of pairs [u, ln sigma]");
    }
    std::vector<Knot> knots;
    for (size_t i = 0; i < params.knots.data.size(); i += 2) {
        knots.push_back({params.knots.data[i], params.knots.data[i + 1]});
        if (i > 0 && !(knots.back().value < knots[knots.size() - 2].value)) {
            throw UserError("'schedule.knots' must fall strictly in ln sigma, but knot " + std::to_string(i / 2) +
                            " is " + shown(knots.back().value) + " after " + shown(knots[knots.size() - 2].value));
        }
    }
    if (knots.size() < 2 && params.steps > 1) {
        throw UserError("'schedule.knots' has " + std::to_string(knots.size()) + " pair, but needs two or more");
    }
    const Curve curve = curve_through(std::move(knots), params.interpolation);
    std::vector<double> sigma(static_cast<size_t>(params.steps));
    for (size_t i = 0; i < sigma.size(); ++i) {
        sigma[i] = std::exp(curve.at_step(static_cast<int64_t>(i), params.steps));
        // Outside its knots a curve is constant; a noise schedule must go on falling, if only by a hair.
        if (i > 0 && !(sigma[i] < sigma[i - 1])) {
            sigma[i] = sigma[i - 1] * (1 - 1e-9);
        }
    }
    return sigma;
}

const Fields<Params> fields{
    schedules::steps_field<Params>(),
    Field<Params>("knots", &Params::knots, "knots",
                  {"The schedule as drawn in the schedule editor.", "[[u, ln sigma], ...], u from 0 to 1",
                   "Steep where few steps are spent, flat where many are."})
        .between(-30, 30),
    Field<Params>("interpolation", &Params::interpolation, "between knots",
                  {"How the curve goes from knot to knot.", "pchip: smooth and monotone; linear in ln sigma",
                   "linear: the noise falls by the same factor at every step between two knots."})
        .one_of({"pchip", "linear"}),
};

const Registration<Schedule> registration{
    {"drawn", "Drawn by hand", "A monotone curve through knots of your own.", describe(fields)},
    [](const ParamSet& params) { return levels(typed(fields, params)); }};

}  // namespace
}  // namespace drift
