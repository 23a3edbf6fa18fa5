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

struct CorrectionField;  // core/correction_field.h

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
    double conditional_ess = std::numeric_limits<double>::quiet_NaN();   // of the increment that led here; of n
    double genealogical_ess = std::numeric_limits<double>::quiet_NaN();  // 1 / sum_e W_e^2 over families e
    double log_prior = std::numeric_limits<double>::quiet_NaN();  // weighted mean of log p_sigma(x), of closed forms
    /// Largest factor by which the step that leaves this state stretches a difference between particles (1.6.2).
    double amplification = std::numeric_limits<double>::quiet_NaN();
    double reward_median = std::numeric_limits<double>::quiet_NaN();  // of Frame::rewards: median and 10 to 90 % band
    double reward_low = std::numeric_limits<double>::quiet_NaN();
    double reward_high = std::numeric_limits<double>::quiet_NaN();
    double force_median = 0;  // |guidance| / |score| over the particles: median and 10 to 90 % band
    double force_low = 0;
    double force_high = 0;
    int64_t non_finite = 0;      // particles with a value that is not finite
    int64_t denoiser_calls = 0;  // so far, particles times calls
    double seconds = 0;          // of sampling so far
    // Of methods that move particles at a fixed temperature, else NaN:
    double beta = std::numeric_limits<double>::quiet_NaN();        // inverse temperature, of the likelihood
    double acceptance = std::numeric_limits<double>::quiet_NaN();  // mean over the moves that led here
    double step_size = std::numeric_limits<double>::quiet_NaN();   // of the last of them
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

/// What is known at the end of a run. NaN where a number is not defined for the method or the problem.
struct Summary {
    double log_z, log_z_sd, ess;
    bool log_z_sd_is_lower_bound = false;
    int64_t eves = 0, particles = 0, steps = 0, denoiser_calls = 0, non_finite = 0;
    uint64_t seed = 0;
    double seconds = 0;
    std::string device;
    std::vector<std::string> warnings;
    double exact_log_z, exact_log_z_discretised;
    double sliced_w1, sliced_w1_floor;  // to the exact posterior, and of two exact sets of the same size
    double mmd, mmd_floor;              // maximum mean discrepancy, likewise
    double energy, energy_floor;        // energy distance, likewise
    double mode_mass_tv;                // total variation between mode shares and exact mode weights
    double mode_mass_tv_floor;          // the same for exact draws in as great a number
    double off_manifold;
    double log_prior;  // weighted mean of log p(x): the lower, the farther off what the prior believes
    double residual;   // mean |y - A x| per measured value, in units of the measurement
    double pareto_k;   // of the final weights; above 0.7 their averages are not to be trusted
    double genealogical_ess;
    double log_z_lower, log_z_upper;  // of methods that learn: means of log w under the policy and under the target
    double training_seconds = 0;
    Outcome outcome;             // of the samples
    Outcome prior_outcome;       // of draws from the prior, where it has a closed form or a cheap map
    Outcome reweighted_outcome;  // of the same draws weighted by their reward: plain importance sampling
    Outcome exact_outcome;       // of draws from the exact posterior
};

}  // namespace drift
