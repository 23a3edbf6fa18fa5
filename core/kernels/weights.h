// Log weights of a particle set: sums that are the same for any number of threads, because they are taken over tiles of
// fixed size and joined in order. specs/guidance.md 2.1, 2.2, 2.5.
#pragma once

#include "core/kernels/exec.h"

namespace drift::kernels {

struct WeightSummary {
    double log_sum = 0;          // log sum_i exp(lw_i); -infinity if no weight is positive
    double largest = 0;          // of the lw_i; likewise
    double ess = 0;              // 1 / sum W_i^2, between 1 and n; 0 if no weight is positive
    double perplexity = 0;       // exp(-sum W_i log W_i); 0 if no weight is positive
    double max_weight = 0;       // largest W_i
    int64_t not_a_number = 0;    // log weights that were NaN or +infinity and count as -infinity
    int64_t positive = 0;        // weights above zero; 0 means that no particle explains y
    int64_t eves = 0;            // first ancestors that still have descendants
    double eve_squares = 0;      // sum over them of the squared W of all their descendants: the error of log Z (2.5)
    double conditional_ess = 0;  // of the update: n (sum W u)^2 / sum W u^2 over the weights before, u what it adds
};

/// Doubles of scratch memory that the functions of this file and of ancestors.h want for n particles.
int64_t weight_scratch_size(int64_t n);

/// lw_i = previous_i + new_twist_i - old_twist_i + log_ratio_i; each term may be null and is then zero. `eves` [n] is
/// the first ancestor of each particle, in non-decreasing order, as it stays when every resampling's ancestors are
/// sorted; null where every particle is its own. `previous_log_sum` is log sum_i exp(previous_i), for conditional_ess.
struct WeightUpdate {
    const double* previous = nullptr;
    const double* new_twist = nullptr;
    const double* old_twist = nullptr;
    const double* log_ratio = nullptr;
    const int32_t* eves = nullptr;
    double previous_log_sum = 0;
};

/// Writes the new log weights [n], NaN and +infinity replaced by -infinity, and summarises them in the same pass.
/// `log_weights` may be one of the terms.
WeightSummary update_log_weights(Exec exec, int64_t n, const WeightUpdate& update, double* log_weights,
                                 double* scratch);

/// An update and where it goes, for those who make it along with what its terms are computed by.
struct Weighing {
    WeightUpdate update;
    double* log_weights = nullptr;  // [n], written
    double* scratch = nullptr;      // of weight_scratch_size(n), written
};

/// The two halves of update_log_weights: the pass over particles, and what its sums say.
void sum_up_weights(Exec exec, int64_t n, const Weighing& weighing);
WeightSummary joined_sums(Exec exec, int64_t n, const Weighing& weighing);

/// Summary of log weights [n] as they are.
WeightSummary summarise_weights(Exec exec, int64_t n, const double* log_weights, double* scratch);

/// log_weights - log_sum [n], so that the logsumexp of the result is zero.
void normalise_log_weights(Exec exec, int64_t n, const double* log_weights, double log_sum, double* normalised);

/// Conditional ESS of an increment u on the weights W: n (sum W u)^2 / sum W u^2, with u = exp(log_increment).
double conditional_ess(Exec exec, int64_t n, const double* log_weights, const double* log_increment, double* scratch);

}  // namespace drift::kernels
