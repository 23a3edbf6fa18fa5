// What schedules share: a number of steps, a range of sigma, and end points that are exact.
#pragma once

#include "core/schedule.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace drift::schedules {

struct StepCount {
    int64_t steps = 60;
};

/// The defaults behaved well in every measurement of guidance.md 1.2, with data of radius 3.
struct SigmaRange : StepCount {
    double sigma_min = 0.02;
    double sigma_max = 20;
};

template <class P>
Field<P> steps_field() {
    return Field<P>("steps", static_cast<int64_t P::*>(&P::steps), "steps",
                    {"How many times the noise is lowered before the clean sample.", "K",
                     "More: closer to the continuous-time limit, and slower in proportion."})
        .between(1, 100000, true);
}

/// `own` behind the fields that every schedule with a range of sigma has.
template <class P>
Fields<P> with_range(Fields<P> own) {
    Fields<P> all;
    all.push_back(steps_field<P>());
    all.push_back(Field<P>("sigma_max", static_cast<double P::*>(&P::sigma_max), "sigma max",
                           {"The noise that a run starts from.", "sigma_0",
                            "Should be ten times the spread of the data or more, or the start is biased."})
                      .between(1e-6, 1e6, true));
    all.push_back(Field<P>("sigma_min", static_cast<double P::*>(&P::sigma_min), "sigma min",
                           {"The last noise level before the clean sample.", "sigma_{K-1}",
                            "Less: finer detail, but more of the steps are spent there."})
                      .between(1e-6, 1e6, true));
    for (Field<P>& field : own) {
        all.push_back(std::move(field));
    }
    return all;
}

/// Throws UserError unless sigma_min < sigma_max.
template <class P>
P checked(const P& params) {
    if (!(params.sigma_min < params.sigma_max)) {
        throw UserError("'schedule.sigma_min' is " + shown(params.sigma_min) + ", but must be below 'sigma_max', " +
                        shown(params.sigma_max));
    }
    return params;
}

/// steps values of `level` at u = i / (K - 1); the ends are sigma_max and sigma_min to the last bit.
template <class Level>
std::vector<double> between(const SigmaRange& range, const Level& level) {
    std::vector<double> sigma(static_cast<size_t>(range.steps));
    for (size_t i = 0; i < sigma.size(); ++i) {
        sigma[i] = i == 0 ? range.sigma_max : level(static_cast<double>(i) / static_cast<double>(range.steps - 1));
    }
    if (range.steps > 1) {
        sigma.back() = range.sigma_min;
    }
    return sigma;
}

}  // namespace drift::schedules
