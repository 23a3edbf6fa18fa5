// Many runs of one scenario with different seeds, for what holds on average: unbiased evidence (T9, T11, T12).
#pragma once

#include "core/guided.h"
#include "core/oracles.h"
#include "support/problems.h"

#include <algorithm>

namespace drift::test {

/// Z-hat / Z of the discretised model in runs with different seeds, and what else each run said.
struct Ensemble {
    std::vector<double> ratio;
    std::vector<double> log_z;
    std::vector<Moments> first, second;     // of the first two coordinates; of the first alone in one dimension
    std::vector<double> relative_variance;  // as estimated from the genealogy
    std::vector<double> least_ess;          // smallest ESS / n of the run
    std::vector<Samples> samples;
};

inline double model_log_z(const Scenario& scenario) {
    const Task model = task(scenario);
    return *discretised_log_z(model.problem, model.schedule, at_steps(Curve(1), model.schedule));
}

inline Ensemble repeat(Scenario scenario, int64_t runs, double exact_log_z) {
    Ensemble result;
    for (int64_t r = 0; r < runs; ++r) {
        scenario.seed = 1000 + static_cast<uint64_t>(r);
        Run run(scenario, {Device::Cpu, Precision::Float64, false});
        FramePtr frame;
        double least_ess = 1;
        while (!run.finished()) {
            frame = run.advance();
            least_ess = std::min(least_ess, frame->numbers.ess / static_cast<double>(scenario.particles));
        }
        result.least_ess.push_back(least_ess);
        result.log_z.push_back(frame->numbers.log_z);
        result.ratio.push_back(std::exp(frame->numbers.log_z - exact_log_z));
        result.relative_variance.push_back(frame->numbers.log_z_sd * frame->numbers.log_z_sd);
        result.samples.push_back(run.samples());
        const Samples& samples = result.samples.back();
        result.first.push_back(moments(samples, 0));
        result.second.push_back(moments(samples, samples.shape.back() > 1 ? 1 : 0));
    }
    return result;
}

inline Ensemble repeat(const Scenario& scenario, int64_t runs) {
    return repeat(scenario, runs, model_log_z(scenario));
}

inline void expect_unbiased(const Ensemble& ensemble) {
    const Repeated ratio = repeated(ensemble.ratio);
    EXPECT_LT(std::abs(ratio.mean - 1), 4 * ratio.error) << "mean " << ratio.mean << " +- " << ratio.error;
}

/// Expectations of self-normalised averages: each E[Z-hat f] / E[Z-hat], which has no bias, within four standard errors
/// by the delta method.
inline void expect_average(const Ensemble& ensemble, const std::vector<double>& values, double expected) {
    const auto n = static_cast<double>(values.size());
    double total = 0, weighted = 0, squares = 0;
    for (size_t r = 0; r < values.size(); ++r) {
        total += ensemble.ratio[r];
        weighted += ensemble.ratio[r] * values[r];
    }
    const double mean = weighted / total;
    for (size_t r = 0; r < values.size(); ++r) {
        const double apart = ensemble.ratio[r] * (values[r] - mean);
        squares += apart * apart;
    }
    const double error = std::sqrt(squares * n / (n - 1)) / total;
    EXPECT_LT(std::abs(mean - expected), 4 * error) << "mean " << mean << " +- " << error << ", expected " << expected;
}

/// `number` of each run.
template <class Number>
std::vector<double> of_each(const std::vector<Moments>& each, const Number& number) {
    std::vector<double> result(each.size());
    std::ranges::transform(each, result.begin(), number);
    return result;
}

inline std::vector<double> means(const std::vector<Moments>& each) {
    return of_each(each, [](const Moments& moments) { return moments.mean; });
}

/// E[x^2] of each run.
inline std::vector<double> squares(const std::vector<Moments>& each) {
    return of_each(each, [](const Moments& moments) { return moments.variance + moments.mean * moments.mean; });
}

}  // namespace drift::test
