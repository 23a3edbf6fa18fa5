// The noise of a sensor as parameters that every measurement shares, described once.
#pragma once

#include "core/noise_models/noise_model.h"
#include "core/params.h"

#include <memory>
#include <string>
#include <utility>

namespace drift {

struct NoiseParams {
    std::string noise_model = "gaussian";
    double noise = 0.5;  // sigma_y, s or b
    double degrees = 3;
    double gain = 10;
    double floor = 0.01;
    double step = 0.5;
};

/// The model that `params` names. `black` is the u that nothing is counted at, for Poisson noise.
std::shared_ptr<const NoiseModel> noise_model(const NoiseParams& params, double black = 0);

/// Adds the rows of the base NoiseParams; `noise` is the one for its member `noise`.
template <class P>
void add_noise_fields(Fields<P>& fields, Field<P> noise) {
    const auto text = static_cast<std::string P::*>(&P::noise_model);
    const auto number = [](double NoiseParams::*member) { return static_cast<double P::*>(member); };
    fields.push_back(std::move(noise).only_with("noise_model", {"gaussian", "student_t", "laplace", "quantised"}));
    fields.push_back(Field<P>("noise_model", text, "kind of noise",
                              {"How the sensor errs: bell-shaped, with outliers (student_t, laplace), by counting "
                               "(poisson), or by rounding what it reports (quantised).",
                               "p(y | u), u = A x or h(x)",
                               "Outliers pull less on the result; only gaussian with a linear measurement is exact."})
                         .one_of({"gaussian", "student_t", "laplace", "poisson", "quantised"}));
    fields.push_back(Field<P>("degrees", number(&NoiseParams::degrees), "degrees of freedom",
                              {"How rare outliers are.", "nu of Student's t; the noise is its scale s",
                               "Fewer: heavier tails; above 30 it is nearly gaussian."})
                         .between(0.5, 1e6, true)
                         .only_with("noise_model", {"student_t"}));
    fields.push_back(Field<P>("gain", number(&NoiseParams::gain), "gain",
                              {"Counts for each unit of brightness; for pictures above black.",
                               "gamma in y ~ Poisson(max(gamma u, floor))", "More: less relative noise."})
                         .between(1e-3, 1e6, true)
                         .only_with("noise_model", {"poisson"}));
    fields.push_back(Field<P>("floor", number(&NoiseParams::floor), "rate floor",
                              {"The least rate of counts, as of a sensor in the dark; below it nothing pulls.",
                               "epsilon in max(gamma u, epsilon)", "More: dark values tell less."})
                         .between(1e-6, 1e3, true)
                         .advanced()
                         .only_with("noise_model", {"poisson"}));
    fields.push_back(Field<P>("step", number(&NoiseParams::step), "bin width",
                              {"What is reported is rounded to the middle of bins of this width.",
                               "p(y | u) = Phi((y + step/2 - u) / sigma) - Phi((y - step/2 - u) / sigma)",
                               "More: less is known of the value."})
                         .between(1e-3, 1e3, true)
                         .only_with("noise_model", {"quantised"}));
}

/// `fields` of a measurement that is given by its numbers, followed by those of its noise.
template <class P>
Fields<P> with_noise_fields(Fields<P> fields) {
    add_noise_fields<P>(fields, Field<P>("noise", static_cast<double P::*>(&P::noise), "noise",
                                         {"Standard deviation, or scale, of the sensor's noise.", "sigma_y",
                                          "Less: a sharper posterior, harder to reach."})
                                    .between(1e-4, 1e4, true));
    return fields;
}

}  // namespace drift
