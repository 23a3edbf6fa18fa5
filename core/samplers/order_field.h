// How particles stand in line when they draw, for every method that resamples.
#pragma once

#include "core/params.h"
#include "core/resampling.h"

#include <string>

namespace drift {

/// `order` of P, beside a `resampling`.
template <class P>
Field<P> order_field() {
    return Field<P>("order", static_cast<std::string P::*>(&P::order), "order in line",
                    {"How particles stand in line when they draw: as numbered, or along a space-filling curve.",
                     "positions in the running sum of W, sorted by their place on a Hilbert curve",
                     "hilbert keeps two runs that differ little side by side, at the price of a sort."})
        .one_of(particle_order_names())
        .live()
        .advanced()
        .only_with("resampling", {"systematic", "stratified", "ssp", "residual", "multinomial"});
}

}  // namespace drift
