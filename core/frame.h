// What one state of a run looks like from outside: plain numbers in CPU memory, never changed once published.
#pragma once

#include "core/outcome.h"
#include "core/training_numbers.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace drift {

/// A number that is not defined for the method or the problem.
inline constexpr double undefined_number = std::numeric_limits<double>::quiet_NaN();

class CorrectionField;  // core/correction_field.h

/// The numbers of state k that are kept for every state; one row of steps.csv.
struct StepNumbers {
    int64_t step = 0;  // k: 0 is the start, `steps` the clean samples
    double sigma = 0;
    double sigma_next = 0;
    double tau = 0;       // noise that was injected to reach this state
    double eta = 0;       // of the step that leaves this state
    double guidance = 0;  // zeta, likewise
    double ess = 0;       // before resampling; n for methods without weights
    double max_weight = 0;
    double perplexity = 0;
    bool resampled = false;        // this state was resampled before the next step
    int64_t distinct_parents = 0;  // of the resampling, n where there was none
    int64_t eves = 0;              // distinct first ancestors still alive
    double log_z = 0;              // running estimate
    double log_z_sd = 0;           // from the genealogy (guidance.md 2.5)
    bool log_z_sd_is_lower_bound = false;
    double conditional_ess = undefined_number;   // of the increment that led here; of n
    double genealogical_ess = undefined_number;  // 1 / sum_e W_e^2 over families e
    double log_prior = undefined_number;         // weighted mean of log p_sigma(x), of closed forms
    /// Largest factor by which the step that leaves this state stretches a difference between particles (1.6.2).
    double amplification = undefined_number;
    double reward_median = undefined_number;  // of Frame::rewards: median and 10 to 90 % band
    double reward_low = undefined_number;
    double reward_high = undefined_number;
    double force_median = 0;  // |guidance| / |score| over the particles: median and 10 to 90 % band
    double force_low = 0;
    double force_high = 0;
    int64_t non_finite = 0;      // particles with a value that is not finite
    int64_t denoiser_calls = 0;  // so far, particles times calls
    double seconds = 0;          // of sampling so far
    // Of methods that move particles at a fixed temperature, else NaN:
    double beta = undefined_number;        // inverse temperature, of the likelihood
    double acceptance = undefined_number;  // mean over the moves that led here
    double step_size = undefined_number;   // of the last of them
};

struct Frame {
    StepNumbers numbers;
    int64_t count = 0;            // n
    int64_t dimension = 0;        // d
    std::vector<float> x;         // [n * d]; empty where the recording was thinned
    std::vector<float> denoised;  // [n * d]; D(x), likewise
    std::vector<float> shift;     // [n * d]; zeta * pull, what guidance adds to D; empty for methods without guidance
    std::vector<float> weights;   // [n], normalised; empty for methods without weights
    /// [n], normalised: what the parents of this state were drawn by, of methods that weigh before they move and so
    /// have equal weights again by the end of the step; else empty.
    std::vector<float> parent_weights;
    std::vector<float> rewards;  // [n], log psi or lambda r at this state; empty where nothing was scored
    /// [n], delta = log Z + sum log q / ref - log w of the trajectory that ends in each particle, with log Z by the
    /// weights of all of them; empty for methods that do not learn and where no trajectory has ended.
    std::vector<float> residuals;
    int64_t latent_dimension = 0;
    std::vector<float> latent;       // [n * latent_dimension], z where x = f(z); empty for methods in data space
    std::vector<int32_t> ancestors;  // [n], the parent of each particle in the state before; empty for identity
    /// zeta * pull on a square grid of the plane, for the picture of the guidance field: [side * side * 2], row by row
    /// from the lower left corner of center +- half. Empty where nobody asked or the problem is not one of the plane.
    std::vector<float> field;
    int field_side = 0;
    double field_center[2] = {0, 0};
    double field_half = 0;
    std::shared_ptr<const TrainingNumbers> training;    // null for methods that do not learn
    std::shared_ptr<const CorrectionField> correction;  // likewise, where the problem is one of the plane and was asked
    bool edited = false;                                // a parameter was changed since the state before
    bool last = false;                                  // no state follows

    int64_t bytes() const;
    bool thinned() const { return x.empty(); }
};

using FramePtr = std::shared_ptr<const Frame>;

/// What is known at the end of a run.
struct Summary {
    double log_z = undefined_number, log_z_sd = undefined_number, ess = 0;
    bool log_z_sd_is_lower_bound = false;
    int64_t eves = 0, particles = 0, steps = 0, denoiser_calls = 0, non_finite = 0;
    uint64_t seed = 0;
    double seconds = 0;
    std::string device;
    std::vector<std::string> warnings;
    double exact_log_z = undefined_number, exact_log_z_discretised = undefined_number;
    double sliced_w1 = undefined_number;                                // to the exact posterior
    double sliced_w1_floor = undefined_number;                          // of two exact sets of the same size
    double mmd = undefined_number, mmd_floor = undefined_number;        // maximum mean discrepancy, likewise
    double energy = undefined_number, energy_floor = undefined_number;  // energy distance, likewise
    double mode_mass_tv = undefined_number;        // total variation between mode shares and exact mode weights
    double mode_mass_tv_floor = undefined_number;  // the same for exact draws in as great a number
    double off_manifold = undefined_number;
    double log_prior = undefined_number;  // weighted mean of log p(x): the lower, the farther from the prior
    double residual = undefined_number;   // mean |y - A x| per measured value, in units of the measurement
    double pareto_k = undefined_number;   // of the final weights; above 0.7 their averages are not to be trusted
    double genealogical_ess = undefined_number;
    double acceptance = undefined_number;   // of the moves to the last state, or of draws from the prior
    double log_z_lower = undefined_number;  // of methods that learn: the mean of log w under the policy
    double log_z_upper = undefined_number;  // and under the target
    double training_seconds = 0;
    Outcome outcome;             // of the samples
    Outcome prior_outcome;       // of draws from the prior, where it has a closed form or a cheap map
    Outcome reweighted_outcome;  // of the same draws weighted by their reward: plain importance sampling
    Outcome exact_outcome;       // of draws from the exact posterior
};

}  // namespace drift
