#include "core/training/numbers_of_batch.h"

#include "core/publish.h"

#include <algorithm>
#include <cmath>

namespace drift {

void describe_residuals(const LossOutput& loss, const Trajectories& batch, TrainingNumbers& numbers) {
    const std::vector<double> delta = to_doubles(loss.delta);
    const auto n = static_cast<double>(delta.size());
    double sum = 0;
    double squares = 0;
    std::array<double, trajectory_sources> absolute{};
    std::array<int64_t, trajectory_sources> count{};
    for (size_t i = 0; i < delta.size(); ++i) {
        sum += delta[i];
        squares += delta[i] * delta[i];
        const auto source = static_cast<size_t>(batch.source[i]);
        absolute.at(source) += std::abs(delta[i]);
        ++count.at(source);
    }
    numbers.residual = sum / n;
    numbers.residual_spread = std::sqrt(std::max(0.0, squares / n - numbers.residual * numbers.residual));
    for (size_t source = 0; source < count.size(); ++source) {
        if (count.at(source) > 0) {
            numbers.source_residual.at(source) = absolute.at(source) / static_cast<double>(count.at(source));
        }
    }
    double log_z = 0;
    for (const double value : to_doubles(loss.mean_log_z)) {
        log_z += value / n;
    }
    numbers.learned_log_z = log_z;
}

BufferNumbers describe_buffer(const ReplayBuffer& buffer, double beta, int64_t newest) {
    BufferNumbers numbers;
    if (buffer.empty()) {
        return numbers;
    }
    std::vector<double> rewards = to_doubles(buffer.log_r.narrow(0, 0, buffer.count));
    const auto quantile = [&rewards](double share) {
        const auto place = rewards.begin() + std::llround(share * static_cast<double>(rewards.size() - 1));
        std::nth_element(rewards.begin(), place, rewards.end());
        return *place;
    };
    numbers.low = quantile(0.1);
    numbers.median = quantile(0.5);
    numbers.high = quantile(0.9);
    const std::vector<double> log_w = buffer.log_w(beta);
    std::vector<double> sorted = log_w;
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(sorted.size());
    newest = std::min(newest, buffer.count);
    double ranks = 0;
    for (int64_t i = 0; i < newest; ++i) {
        const double value = log_w.at(static_cast<size_t>((buffer.next - 1 - i + buffer.capacity) % buffer.capacity));
        const auto [first, last] = std::ranges::equal_range(sorted, value);
        const auto below = static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2;
        ranks += 1 - below / count;
    }
    numbers.newest_rank = newest > 0 ? ranks / static_cast<double>(newest) : BufferNumbers::unknown;
    return numbers;
}

void MeanNumbers::Mean::add(double value) {
    if (std::isfinite(value)) {
        sum += value;
        ++count;
    }
}

double MeanNumbers::Mean::result() const {
    return count > 0 ? sum / static_cast<double>(count) : TrainingNumbers::unknown;
}

void MeanNumbers::add(const TrainingNumbers& numbers) {
    loss_.add(numbers.loss);
    residual_.add(numbers.residual);
    spread_.add(numbers.residual_spread);
    log_z_.add(numbers.learned_log_z);
    norm_.add(numbers.gradient_norm);
    for (size_t i = 0; i < sources_.size(); ++i) {
        sources_.at(i).add(numbers.source_residual.at(i));
    }
    latest_ = numbers;
}

TrainingNumbers MeanNumbers::result() const {
    TrainingNumbers numbers = latest_;
    numbers.loss = loss_.result();
    numbers.residual = residual_.result();
    numbers.residual_spread = spread_.result();
    numbers.learned_log_z = log_z_.result();
    numbers.gradient_norm = norm_.result();
    for (size_t i = 0; i < sources_.size(); ++i) {
        numbers.source_residual.at(i) = sources_.at(i).result();
    }
    return numbers;
}

}  // namespace drift
