#include "app/panels/training/training_history.h"

#include "app/events.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace drift {
namespace {

constexpr int64_t states_of_the_pace = 6;

void include(Span& span, double value) {
    if (std::isfinite(value)) {
        span.low = std::min(span.low, value);
        span.high = std::max(span.high, value);
    }
}

Span nothing() {
    return {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
}

Span with_margin(Span span, double least) {
    if (!(span.low <= span.high)) {
        return {0, 1};
    }
    const double lacking = std::max(0.0, least - (span.high - span.low)) / 2;
    const double margin = 0.08 * std::max(span.high - span.low, least) + lacking;
    return {span.low - margin, span.high + margin};
}

}  // namespace

void TrainingCurve::add(double at, double number) {
    if (std::isfinite(number)) {
        iteration.push_back(at);
        value.push_back(number);
    }
}

void TrainingHistory::extend(const Recording& recording, uint64_t recording_id, bool kept_weights,
                             const Choice& condition) {
    if (recording.empty()) {
        return;
    }
    if (recording_ != recording_id) {
        const TrainingNumbers* first = recording.at(0)->training.get();
        const bool goes_on = kept_weights && !empty() && first != nullptr && first->sampled >= 0;
        if (!goes_on) {
            *this = {};
            condition_ = condition;
        }
        sampled_condition_ = condition;
        sampled = sampled_lower = sampled_upper = sampled_ess = {};
        elsewhere_ = goes_on;
        recording_ = recording_id;
        seen_ = 0;
    }
    for (; seen_ < recording.size(); ++seen_) {
        if (recording.at(seen_)->training != nullptr) {
            add(*recording.at(seen_));
        }
    }
}

void TrainingHistory::add(const Frame& frame) {
    const TrainingNumbers& numbers = *frame.training;
    const auto at = static_cast<double>(numbers.iteration);
    last_ = std::max({last_, numbers.iterations, numbers.iteration});
    if (numbers.sampled >= 0) {
        if (frame.last) {
            sampled.add(at, numbers.log_z);
            sampled_lower.add(at, numbers.log_z_lower);
            sampled_upper.add(at, numbers.log_z_upper);
            sampled_ess.add(at, numbers.ess);
        }
        return;
    }
    if (!iterations_.empty() && at <= iterations_.back()) {
        return;  // nothing was learned, as on the way to a checkpoint
    }
    iterations_.push_back(at);
    states_.push_back(frame.numbers.step);
    for (const auto& [curve, value] :
         {std::pair{&loss, numbers.loss}, std::pair{&residual, numbers.residual},
          std::pair{&spread, numbers.residual_spread}, std::pair{&learned_log_z, numbers.learned_log_z},
          std::pair{&lower, numbers.log_z_lower}, std::pair{&weighted, numbers.log_z},
          std::pair{&upper, numbers.log_z_upper}, std::pair{&ess, numbers.ess},
          std::pair{&forward_ess, numbers.forward_ess}, std::pair{&acceptance, numbers.acceptance}}) {
        curve->add(at, value);
    }
    for (size_t i = 0; i < source.size(); ++i) {
        source.at(i).add(at, numbers.source_residual.at(i));
    }
}

int64_t TrainingHistory::state_at(double iteration) const {
    if (elsewhere_ || iterations_.empty()) {
        return -1;
    }
    const auto after = std::lower_bound(iterations_.begin(), iterations_.end(), iteration);
    auto place = std::min<std::ptrdiff_t>(std::distance(iterations_.begin(), after),
                                          static_cast<std::ptrdiff_t>(iterations_.size()) - 1);
    const auto at = [&](std::ptrdiff_t i) { return iterations_[static_cast<size_t>(i)]; };
    if (place > 0 && iteration - at(place - 1) < at(place) - iteration) {
        --place;
    }
    return states_[static_cast<size_t>(place)];
}

Span log_z_span(const TrainingHistory& history, double exact, double floor) {
    constexpr double least = 0.1;  // a smaller range would show nothing but noise
    Span span = nothing();
    const double gap = std::isfinite(floor) ? floor : 0;
    include(span, exact - gap);
    include(span, exact + gap);
    for (const TrainingCurve* curve : {&history.sampled, &history.sampled_lower, &history.sampled_upper}) {
        for (const double value : curve->value) {
            include(span, value);
        }
    }
    for (const TrainingCurve* curve : {&history.lower, &history.weighted, &history.upper}) {
        for (size_t i = curve->value.size() / 2; i < curve->value.size(); ++i) {
            include(span, curve->value[i]);
        }
    }
    return with_margin(span, least);
}

Span span_of(const std::vector<const TrainingCurve*>& curves, bool logarithmic) {
    Span span = nothing();
    for (const TrainingCurve* curve : curves) {
        for (const double value : curve->value) {
            include(span, value);
        }
    }
    if (logarithmic && span.low > 0 && span.low <= span.high) {
        return {span.low / 1.3, span.high * 1.3};
    }
    return with_margin(span, 1e-9);
}

std::optional<TrainingNumbers> training_at(const Recording& recording, int64_t step) {
    if (step >= recording.size() || recording.at(step)->training == nullptr) {
        return std::nullopt;
    }
    TrainingNumbers numbers = *recording.at(step)->training;
    for (int64_t k = step; k >= 0; --k) {
        const TrainingNumbers* measured = recording.at(k)->training.get();
        if (measured != nullptr && std::isfinite(measured->log_z)) {
            numbers.log_z_lower = measured->log_z_lower;
            numbers.log_z = measured->log_z;
            numbers.log_z_upper = measured->log_z_upper;
            numbers.ess = measured->ess;
            numbers.forward_ess = measured->forward_ess;
            numbers.modes = measured->modes;
            numbers.missing_modes = measured->missing_modes;
            break;
        }
    }
    return numbers;
}

TrainingPace pace_of(const Recording& recording) {
    const Frame* newest = nullptr;
    const Frame* before = nullptr;
    int64_t counted = 0;
    for (int64_t k = recording.size() - 1; k >= 0 && counted < states_of_the_pace; --k) {
        const Frame* frame = recording.at(k).get();
        if (frame->training == nullptr || (frame->training->sampled >= 0 && newest != nullptr)) {
            break;  // before that it was sampling
        }
        if (frame->training->sampled < 0) {
            newest = newest == nullptr ? frame : newest;
            before = frame;
            ++counted;
        }
    }
    TrainingPace pace;
    if (newest == nullptr || newest->training->iteration <= before->training->iteration) {
        return pace;
    }
    const auto done = static_cast<double>(newest->training->iteration - before->training->iteration);
    const double learning = newest->training->seconds - before->training->seconds;
    if (learning > 0) {
        pace.per_second = done / learning;
    }
    const auto missing = static_cast<double>(newest->training->iterations - newest->training->iteration);
    pace.seconds_left = missing * (newest->numbers.seconds - before->numbers.seconds) / done;
    return pace;
}

std::string progress_of_training(const Recording& recording, bool running, bool computing) {
    if (recording.empty() || recording.at(recording.size() - 1)->training == nullptr) {
        return {};
    }
    const TrainingNumbers& numbers = *recording.at(recording.size() - 1)->training;
    if (numbers.iterations == 0) {
        return "Weights from before, after " + grouped(numbers.iteration) + " iterations";
    }
    std::string text = "Iteration " + grouped(numbers.iteration) + " of " + grouped(numbers.iterations);
    const TrainingPace pace = pace_of(recording);
    if (std::isfinite(pace.per_second)) {
        text += ", " + short_number(pace.per_second) + " a second";
    }
    if (numbers.sampled >= 0) {
        return text + (running ? computing ? ", sampling" : ", sampling, paused" : ", sampled");
    }
    if (!running || !computing) {
        return text + (running ? ", paused" : ", stopped");
    }
    return std::isfinite(pace.seconds_left) ? text + ", " + duration_text(std::ceil(pace.seconds_left)) + " left"
                                            : text;
}

std::vector<std::string> training_warnings(const TrainingNumbers& numbers) {
    std::vector<std::string> warnings;
    if (3 * numbers.iteration >= numbers.iterations) {
        warnings = collapse_warnings(numbers);
    }
    if (numbers.restored > 0) {
        warnings.push_back("Batches that were not finite: " + grouped(numbers.restored) +
                           "; the last good weights were put back each time, at half the learning rate");
    }
    return warnings;
}

const char* source_title(TrajectorySource source) {
    static constexpr std::array<const char*, trajectory_sources> titles{
        "on-policy", "exploration", "reference", "replay buffer", "local search", "data", "back and forth"};
    return titles.at(static_cast<size_t>(source));
}

std::array<double, trajectory_sources> source_shares(const TrainingNumbers& numbers) {
    const int64_t all = std::accumulate(numbers.source_count.begin(), numbers.source_count.end(), int64_t{0});
    std::array<double, trajectory_sources> shares{};
    for (size_t i = 0; i < shares.size(); ++i) {
        shares.at(i) = all > 0 ? static_cast<double>(numbers.source_count.at(i)) / static_cast<double>(all) : 0;
    }
    return shares;
}

}  // namespace drift
