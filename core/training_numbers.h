// What a training says of itself, as plain numbers: a row of training.csv, and what the window draws.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace drift {

/// Where trajectories come from that a sampler learns from. trained_samplers.md 2.1.
enum class TrajectorySource { OnPolicy, Exploration, Reference, Buffer, LocalSearch, Data, BackAndForth };
inline constexpr int64_t trajectory_sources = 7;

/// "on_policy", "exploration", ...: the key of its share.
inline std::string to_string(TrajectorySource source) {
    constexpr std::array<const char*, trajectory_sources> names = {
        "on_policy", "exploration", "reference", "buffer", "local_search", "data", "back_and_forth"};
    return names.at(static_cast<size_t>(source));
}

/// What a buffer of end points holds. NaN while it is empty.
struct BufferNumbers {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    double low = unknown, median = unknown, high = unknown;  // of log r: 10, 50 and 90 %
    /// Mean rank by log w of the end points that came last, as a share of all: 0 the best, 1 the worst, 0.5 when they
    /// are like what was there.
    double newest_rank = unknown;
};

/// Means over the iterations since the row before; NaN where nothing is known.
struct TrainingNumbers {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    int64_t iteration = 0;   // done so far
    int64_t iterations = 0;  // that there will be
    double loss = unknown;
    double residual = unknown;         // mean of delta: 0 unless the learned log Z lags behind
    double residual_spread = unknown;  // standard deviation of delta within a batch
    double learned_log_z = unknown;    // the parameter, or the mean of -A over the batch for losses without one
    double gradient_norm = unknown;    // before clipping
    double learning_rate = 0, beta = 1, exploration = 0;
    double acceptance = unknown;  // of the local search, with its step size
    double step_size = unknown;
    std::array<double, trajectory_sources> source_residual{unknown, unknown, unknown, unknown,
                                                           unknown, unknown, unknown};  // mean |delta|, by source
    std::array<int64_t, trajectory_sources> source_count{};  // trajectories of the last batch, by source
    int64_t buffer = 0;                                      // end points in the replay buffer
    int64_t local_buffer = 0;                                // and in that of the local search
    BufferNumbers in_buffer, in_local_buffer;                // what they are worth
    int64_t restored = 0;                                    // how often the last good weights had to be put back
    double seconds = 0;                                      // of training so far

    // Of trajectories of the policy, measured with random numbers of their own:
    double log_z_lower = unknown;  // mean log w
    double log_z = unknown;        // log mean w
    double log_z_upper = unknown;  // mean log w over trajectories of the target, where exact draws are known
    double ess = unknown;          // share of the trajectories
    double forward_ess = unknown;  // the same under the target: 0 where the policy misses a part of it
    int64_t modes = 0;             // of the exact posterior
    int64_t missing_modes = 0;     // with less than a quarter of their mass within three standard deviations
    /// What is left between log Z and either bound whatever the policy learns, for steps whose variance is given.
    double floor = unknown;
    /// Of the state that carries these numbers: the step of sampling that led to it, 0 where that starts; -1 while the
    /// policy learns.
    int64_t sampled = -1;
};

/// What to tell a user who would take a collapsed sampler for a good one; empty where there is nothing.
std::vector<std::string> collapse_warnings(const TrainingNumbers& numbers);

}  // namespace drift
