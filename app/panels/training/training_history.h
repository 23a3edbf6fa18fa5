// What a training said of itself over its iterations, read from the recording: what the training panel draws. Plain
// values, tested without a window.
#pragma once

#include "core/catalog.h"
#include "core/recording.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drift {

/// One quantity over the iterations, where it is known.
struct TrainingCurve {
    std::vector<double> iteration, value;

    void add(double at, double number);
    bool empty() const { return value.empty(); }
};

/// An axis, or what has to fit on it.
struct Span {
    double low = 0;
    double high = 0;

    bool operator==(const Span&) const = default;
};

/// Grows with the recording; what was read once is not looked at again.
class TrainingHistory {
public:
    /// Takes in what was recorded since. Another recording begins anew, unless it samples with weights that were
    /// learned in the one before, as after a drag of the observation that the network is told: `kept_weights`. The
    /// condition is that of the recording.
    void extend(const Recording& recording, uint64_t recording_id, bool kept_weights, const Choice& condition = {});

    bool empty() const { return iterations_.empty(); }
    /// Iterations that there will be, or have been.
    int64_t last_iteration() const { return last_; }
    /// The state that shows the policy nearest to that iteration; -1 where it was in another recording.
    int64_t state_at(double iteration) const;
    /// Whether the curves of log Z and ESS were measured under another condition than the samples are drawn for.
    bool of_another_condition() const { return elsewhere_ && !same_values(condition_, sampled_condition_); }

    TrainingCurve loss, residual, spread, learned_log_z;
    TrainingCurve lower, weighted, upper;
    TrainingCurve ess, forward_ess, acceptance;
    std::array<TrainingCurve, trajectory_sources> source;
    // Of the samples that were drawn with the weights of an iteration, in the recording shown.
    TrainingCurve sampled, sampled_lower, sampled_upper, sampled_ess;

private:
    void add(const Frame& frame);

    std::vector<double> iterations_;  // of the states of the training, in rising order
    std::vector<int64_t> states_;     // and where they are in the recording
    int64_t last_ = 0;
    uint64_t recording_ = 0;
    Choice condition_, sampled_condition_;
    bool elsewhere_ = false;  // the states are those of a recording that is gone
    int64_t seen_ = 0;        // states of the recording
};

/// Where the axis of log Z lies: around the later half of the curves, with the exact value and its floor. The start,
/// where nothing is learned yet, would leave no room for what is.
Span log_z_span(const TrainingHistory& history, double exact, double floor);
/// Of all values of some curves, with a margin; one for a logarithmic axis where all are above 0. {0, 1} where there
/// are none.
Span span_of(const std::vector<const TrainingCurve*>& curves, bool logarithmic = false);

/// What is said of a state. Bounds, effective sample sizes and modes are those of the newest state up to it where they
/// were measured: small batches are not looked at as often as they are learned from. Null where nothing is learned.
std::optional<TrainingNumbers> training_at(const Recording& recording, int64_t step);

/// How fast a training goes, by its newest states.
struct TrainingPace {
    double per_second = TrainingNumbers::unknown;    // iterations, while it learns
    double seconds_left = TrainingNumbers::unknown;  // with what is shown on the way
};
TrainingPace pace_of(const Recording& recording);

/// What the newest state of a training is at, in words: "iteration 420 of 1,500, 14 a second, 77 s left".
std::string progress_of_training(const Recording& recording, bool running, bool computing);

/// collapse_warnings() of a state, once a third of the iterations is done: before that every sampler is far off. And
/// whether batches had to be thrown away.
std::vector<std::string> training_warnings(const TrainingNumbers& numbers);

/// "on-policy", "local search": as the parameters call it.
const char* source_title(TrajectorySource source);
/// The share of the newest batch that came from each source.
std::array<double, trajectory_sources> source_shares(const TrainingNumbers& numbers);

}  // namespace drift
