// Leapfrogs on tensors, for the moves that are made of them; their formulas are in kernels/moves.h.
#pragma once

#include "core/exec.h"
#include "core/kernels/moves.h"
#include "core/moves/move.h"

#include <ATen/Dispatch.h>

#include <cmath>

namespace drift::leaps {

template <class T>
T* data_or_null(const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr<T>() : nullptr;
}

template <class T>
kernels::Known<T> known(const Cloud& cloud) {
    return {cloud.x.mutable_data_ptr<T>(), cloud.log_prior.mutable_data_ptr<double>(),
            cloud.log_likelihood.mutable_data_ptr<double>(), data_or_null<T>(cloud.prior_gradient),
            data_or_null<T>(cloud.likelihood_gradient)};
}

inline kernels::RandomStream stream(const Random& random, kernels::Purpose purpose, int64_t number) {
    return {random.seed, purpose, static_cast<uint32_t>(number)};
}

/// A leap from `from` with step h; x' goes to `next`.
template <class T>
kernels::Leap<T> leap(const Cloud& from, double beta, const Tuning& tuning, double h, const torch::Tensor& next) {
    kernels::Leap<T> result;
    result.n = from.x.size(0);
    result.dims = from.x.numel() / result.n;
    result.step = h;
    result.at_x = {from.prior_gradient.const_data_ptr<T>(), from.likelihood_gradient.const_data_ptr<T>(), beta};
    result.inverse_mass = data_or_null<T>(tuning.inverse_mass);
    result.x = from.x.const_data_ptr<T>();
    result.next = next.mutable_data_ptr<T>();
    return result;
}

/// A trajectory of `count` leapfrogs of step h, and the decision about its end.
template <class T>
void trajectory(const Target& target, double beta, const Tuning& tuning, double h, int64_t count, const Random& random,
                int64_t number, MoveScratch& scratch, Cloud& cloud) {
    const kernels::Exec exec = exec_on(cloud.x.device());
    auto first = leap<T>(cloud, beta, tuning, h, scratch.proposal.x);
    first.noise = stream(random, kernels::Purpose::Momentum, number);
    first.momentum = scratch.momentum.data_ptr<T>();
    first.kinetic = scratch.kinetic.data_ptr<double>();
    kernels::begin_leap(exec, first);
    target.evaluate(scratch.proposal);
    for (int64_t i = 1; i < count; ++i) {
        auto next = leap<T>(scratch.proposal, beta, tuning, h, scratch.proposal.x);
        next.momentum = scratch.momentum.data_ptr<T>();
        kernels::go_on_leap(exec, next);
        target.evaluate(scratch.proposal);
    }
    kernels::Decision<T> decision;
    decision.n = first.n;
    decision.dims = first.dims;
    decision.step = h;
    decision.beta = beta;
    decision.uniforms = stream(random, kernels::Purpose::Acceptance, number);
    decision.inverse_mass = first.inverse_mass;
    decision.momentum = first.momentum;
    decision.kinetic = first.kinetic;
    decision.proposal = known<T>(scratch.proposal);
    decision.now = known<T>(cloud);
    decision.acceptance = scratch.acceptance.data_ptr<double>();
    kernels::decide(exec, decision);
}

}  // namespace drift::leaps
