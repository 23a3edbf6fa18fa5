// Parameters that all small generators share, described once.
#pragma once

#include "core/generators/generators.h"

#include <initializer_list>
#include <string>

namespace drift {

/// P derives from GeneratorParams.
template <class P>
Fields<P> data_fields() {
    return {
        Field<P>("data", static_cast<std::string P::*>(&P::data), "data",
                 {"What is learned: 25 modes on a grid, two moons, a checkerboard, or what is painted.", "x0 ~ p(x0)",
                  "Sharper edges and more modes are harder to learn."})
            .one_of(plane_data_names()),
        Field<P>("painting", static_cast<Array P::*>(&P::painting), "painting",
                 {"The painted density: rows of numbers from 0 on, the topmost row first.",
                  "p(x0) proportional to the number of the cell that x0 is in", "Only ratios count."})
            .between(0, 1e9)
            .only_with("data", {std::string("painted")}),
        Field<P>("half_width", static_cast<double P::*>(&P::half_width), "half width",
                 {"How far the painting reaches from the origin along its longer side.", "|x0_i| <= half width",
                  "More: the same picture, larger."})
            .between(1e-3, 1e3, true)
            .only_with("data", {std::string("painted")}),
    };
}

template <class P>
Fields<P> network_fields() {
    return {
        Field<P>("width", static_cast<int64_t P::*>(&P::width), "width",
                 {"How many numbers each layer of the network has.", "units of h = s(W h + b)",
                  "More: finer shapes, and slower."})
            .between(4, 512, true)
            .advanced(),
        Field<P>(
            "layers", static_cast<int64_t P::*>(&P::layers), "layers",
            {"How many hidden layers the network has.", "how often h = s(W h + b)", "More: sharper bends, and slower."})
            .between(1, 8)
            .advanced(),
        Field<P>("iterations", static_cast<int64_t P::*>(&P::iterations), "iterations",
                 {"How many batches are learned from before the run begins; once for all runs with the same settings.",
                  "steps of Adam", "More: closer to the data, at so much more waiting."})
            .between(1, 1'000'000, true)
            .only_with("weights", {std::string()}),
        Field<P>("batch", static_cast<int64_t P::*>(&P::batch), "batch",
                 {"Points that an iteration learns from.", "n", "More: a steadier gradient, and slower iterations."})
            .between(2, 65536, true)
            .only_with("weights", {std::string()})
            .advanced(),
        Field<P>("learning_rate", static_cast<double P::*>(&P::learning_rate), "learning rate",
                 {"How far a step of Adam goes at first; it falls to 0 at the end.",
                  "theta <- theta - rate m / sqrt(v)", "More: faster, until it diverges."})
            .between(1e-6, 1, true)
            .only_with("weights", {std::string()})
            .advanced(),
        Field<P>("seed", static_cast<int64_t P::*>(&P::seed), "seed of the training",
                 {"Another one, another network of the same quality; that of the run has no say here.",
                  "what the first weights, the batches and the noise of the training are drawn by",
                  "The same seed gives the same network."})
            .between(0, 1e9)
            .only_with("weights", {std::string()})
            .advanced(),
        Field<P>("weights", static_cast<std::string P::*>(&P::weights), "weights",
                 {"A weight file to use in place of training: one beside the scenario, or one that comes with the "
                  "program. Empty: train.",
                  "made by 'driftscope fit'", "Opens at once."}),
    };
}

/// Of generators that may have noise of any dimension.
template <class P>
Field<P> latent_field() {
    return Field<P>("latent", &P::latent, "latent dimension",
                    {"How many numbers the noise has.", "z in R^latent",
                     "Fewer than the data have: what is generated lies on a curve."})
        .between(1, 64);
}

/// The tables one after the other.
template <class P>
Fields<P> generator_fields(std::initializer_list<Field<P>> own) {
    Fields<P> all = data_fields<P>();
    all.insert(all.end(), own.begin(), own.end());
    const Fields<P> rest = network_fields<P>();
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

}  // namespace drift
