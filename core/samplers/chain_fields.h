// Parameters that methods of parallel chains share, described once.
#pragma once

#include "core/parallel_chains.h"

namespace drift::chains {

struct Common {
    int64_t steps = 100;
    int64_t moves_per_step = 5;
    double step_size = 0.05;
    bool tune = true;
    double burn_in = 0.3;
};

template <class P>
Field<P> steps_field() {
    return Field<P>("steps", static_cast<int64_t P::*>(&P::steps), "steps",
                    {"How many states are recorded after the start.", "K",
                     "More: the chains come closer to the posterior, and the film gets longer."})
        .between(1, 100'000, true);
}

template <class P>
Field<P> moves_field() {
    return Field<P>("moves_per_step", static_cast<int64_t P::*>(&P::moves_per_step), "moves per step",
                    {"How many moves lie between two recorded states.", "x <- move(x), so often",
                     "More: states less alike, at so much more work."})
        .between(1, 1000, true)
        .live();
}

template <class P>
Field<P> step_size_field(const char* formula, const char* effect) {
    return Field<P>("step_size", static_cast<double P::*>(&P::step_size), "step size",
                    {"How far a move goes; where it is tuned, where tuning begins.", formula, effect})
        .between(1e-8, 1e4, true)
        .live();
}

template <class P>
Field<P> tune_field(const char* formula) {
    return Field<P>("tune", static_cast<bool P::*>(&P::tune), "tune step size",
                    {"Adapts the step size during burn-in until as many proposals are accepted as is best, then "
                     "freezes it.",
                     formula, "Off: the step size stays as it is set, and every state counts."});
}

template <class P>
Field<P> burn_in_field() {
    return Field<P>("burn_in", static_cast<double P::*>(&P::burn_in), "burn-in",
                    {"Share of the steps in which the tuning goes on.", "tuned while k <= burn-in K",
                     "More: better tuned, fewer states of the frozen chain."})
        .between(0, 1);
}

inline ChainOptions options_of(const Common& common) {
    ChainOptions options;
    options.steps = common.steps;
    options.moves_per_step = common.moves_per_step;
    options.step_size = common.step_size;
    options.tune = common.tune;
    options.burn_in = common.burn_in;
    return options;
}

}  // namespace drift::chains
