// What moves at a fixed temperature do to every particle (specs/guidance.md 2.6). All of them are leapfrogs or random
// walks followed by a decision: with step h = sqrt(2 eps) one leapfrog is the Langevin proposal of MALA,
// x + eps grad log pi + sqrt(2 eps) z, and its energy error is the Metropolis ratio.
#pragma once

#include "core/kernels/exec.h"
#include "core/kernels/philox.h"

namespace drift::kernels {

/// grad log pi = prior + beta likelihood, rows [n, dims]; the latter may be null and counts for nothing at beta 0.
template <class T>
struct Gradients {
    const T* prior = nullptr;
    const T* likelihood = nullptr;
    double beta = 1;
};

/// Particles on their way along a trajectory.
template <class T>
struct Leap {
    int64_t n = 0;
    int64_t dims = 0;
    double step = 0;                  // h
    RandomStream noise;               // of the momentum
    Gradients<T> at_x;                // where the particles are
    const T* inverse_mass = nullptr;  // [dims] 1 / M; null for the identity
    const T* x = nullptr;             // [n, dims]
    T* next = nullptr;                // [n, dims], may be x
    T* momentum = nullptr;            // [n, dims]; null where nobody needs it afterwards
    double* kinetic = nullptr;        // [n] p^T M^-1 p / 2 of the momentum as drawn; or null
    int32_t* not_finite = nullptr;    // one number, raised by particles that are left without a finite place; or null
};

/// p ~ N(0, M), p += h/2 grad log pi(x), next = x + h M^-1 p.
template <class T>
void begin_leap(Exec exec, const Leap<T>& leap);

/// p += h grad log pi(x), next = x + h M^-1 p, with the momentum as it is.
template <class T>
void go_on_leap(Exec exec, const Leap<T>& leap);

/// next = x + scale L z, where `next` holds the standard normal numbers z on entry. `factor` is [dims, dims], the lower
/// triangle L, or [dims] for a diagonal one.
template <class T>
struct Walk {
    int64_t n = 0;
    int64_t dims = 0;
    double scale = 1;
    bool diagonal = false;
    const T* factor = nullptr;
    const T* x = nullptr;
    T* next = nullptr;
};
template <class T>
void walk(Exec exec, const Walk<T>& step);

/// Places and what is known there; gradients may be null.
template <class T>
struct Known {
    T* x = nullptr;                    // [n, dims]
    double* log_prior = nullptr;       // [n]
    double* log_likelihood = nullptr;  // [n]
    T* prior_gradient = nullptr;       // [n, dims]
    T* likelihood_gradient = nullptr;  // [n, dims]
};

/// Metropolis and Hastings. Where there is a momentum, its last half kick is done here.
template <class T>
struct Decision {
    int64_t n = 0;
    int64_t dims = 0;
    double step = 0;  // h
    double beta = 1;
    RandomStream uniforms;
    const T* inverse_mass = nullptr;
    const T* momentum = nullptr;      // [n, dims] before its last half kick; null for symmetric proposals
    const double* kinetic = nullptr;  // [n] at the start
    Known<T> proposal;
    Known<T> now;                  // overwritten by the proposal where that is accepted
    double* acceptance = nullptr;  // [n] its probability; 0 where the proposal or its density is not a number
};
template <class T>
void decide(Exec exec, const Decision<T>& decision);

}  // namespace drift::kernels
