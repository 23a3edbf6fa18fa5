// The shipped failures show what their captions say: the signatures of guidance.md 1.9.

#include "support/shipped.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

namespace drift {
namespace {

using test::shipped;

struct Finished {
    Run run;
    std::vector<StepNumbers> numbers;
    Summary summary;
};

Finished finished(const Scenario& scenario) {
    Run run(scenario, {Device::Cpu, Precision::Float32, false});
    std::vector<StepNumbers> numbers;
    while (!run.finished()) {
        numbers.push_back(run.advance()->numbers);
    }
    Summary summary = run.summary();
    return {std::move(run), std::move(numbers), std::move(summary)};
}

double standard_deviation(const Finished& result) {
    return std::sqrt(test::moments(result.run.samples(), 0).variance);
}

TEST(Failure, OverGuidanceLeavesTheModesAndOverfits) {
    const Finished hard = finished(shipped("failure_over_guidance"));
    EXPECT_NEAR(hard.summary.off_manifold, 0.185, 0.04);  // .012 is its standard error
    EXPECT_LT(hard.summary.residual, 0.15) << "where the exact posterior has .65";
    Scenario gentle = shipped("failure_over_guidance");
    gentle.sampler.params.set("guidance", Curve(1));
    const Finished soft = finished(gentle);
    EXPECT_LT(soft.summary.off_manifold, 0.02);
    EXPECT_LT(hard.summary.log_prior, soft.summary.log_prior - 3);
}

TEST(Failure, VarianceCollapsesAsStepsAreAdded) {
    Scenario scenario = shipped("failure_variance_collapse");
    const double truth = std::sqrt(0.1 / 1.1);
    EXPECT_NEAR(standard_deviation(finished(scenario)), 0.0459, 4 * 0.0459 / std::sqrt(2 * 1024));
    scenario.schedule.params.set("steps", int64_t{30});
    const double few = standard_deviation(finished(scenario));
    scenario.schedule.params.set("steps", int64_t{1000});
    const double many = standard_deviation(finished(scenario));
    EXPECT_GT(few, 0.9 * truth);
    EXPECT_LT(many, 0.03 * truth);
}

TEST(Failure, PointEstimatesAreBiased) {
    Scenario scenario = shipped("failure_point_estimate_bias");
    // Mean and standard deviation as in T5; the exact ones are .75 and .7071.
    const auto expect_moments = [&scenario](double mean, double deviation) {
        const test::Moments moments = test::moments(finished(scenario).run.samples(), 0);
        const double variance = deviation * deviation;
        EXPECT_NEAR(moments.mean, mean, 4 * deviation / std::sqrt(1024));
        EXPECT_NEAR(moments.variance, variance, 4 * variance * std::sqrt(2.0 / 1024));
    };
    expect_moments(0.9532, 0.6299);
    scenario.sampler.params.set("error_model", std::string("pigdm"));
    expect_moments(0.7491, 0.6805);
    expect_moments(0.75, std::sqrt(0.5));  // which 1,024 particles cannot tell from the 4 % less of these steps
}

TEST(Failure, BlowUpIsForetoldAndHappens) {
    const Finished result = finished(shipped("failure_blow_up"));
    const std::vector<std::string>& warnings = result.run.scene()->warnings;
    EXPECT_TRUE(std::ranges::any_of(
        warnings, [](const std::string& each) { return each.find("expect them to blow up") != std::string::npos; }));
    EXPECT_GT(std::ranges::max(
                  result.numbers, {},
                  [](const StepNumbers& each) { return std::isnan(each.amplification) ? 0 : each.amplification; })
                  .amplification,
              2);
    EXPECT_EQ(result.run.scene()->amplification.size(), result.numbers.size() - 1) << "known before, of every step";
    std::vector<float> values = result.run.samples().values;
    std::ranges::transform(values, values.begin(), [](float value) { return std::abs(value); });
    std::ranges::nth_element(values, values.begin() + 512);
    EXPECT_GT(values.at(512), 1e6F) << "most are millions of units away";
}

TEST(Failure, ModeMassesAreWrongAlthoughEachPullIsCorrected) {
    const Finished guided = finished(shipped("failure_mode_masses"));
    EXPECT_GT(guided.summary.mode_mass_tv, 0.35);
    EXPECT_LT(guided.summary.off_manifold, 0.05) << "the modes themselves are met";
    const Samples samples = guided.run.samples();
    const ModeShares modes = mode_shares(*guided.run.scene()->prior, samples.values, {});
    EXPECT_NEAR(modes.share.at(0), 0.47, 4 * std::sqrt(0.47 * 0.53 / 1024)) << "almost half";
    EXPECT_NEAR(guided.run.scene()->posterior->weights.at(0), 1.0 / 26, 0.002);
    Scenario weighted = shipped("failure_mode_masses");
    weighted.sampler = default_choice(Kind::Sampler, "tds");
    EXPECT_LT(finished(weighted).summary.mode_mass_tv, 0.05);
}

TEST(Failure, WeightsDegenerateWithAPointTwist) {
    const Finished point = finished(shipped("failure_weight_degeneracy"));
    EXPECT_LT(point.numbers.back().ess, 2);
    EXPECT_GT(point.numbers.back().max_weight, 0.7);
    EXPECT_GT(point.summary.pareto_k, 0.7);
    std::vector<double> log_weights = point.run.samples().log_weights;
    std::ranges::sort(log_weights);
    EXPECT_GT(log_weights.back() - log_weights[log_weights.size() / 2], 6 * std::log(10)) << "many orders of magnitude";
    Scenario corrected = shipped("failure_weight_degeneracy");
    corrected.sampler.params.set("twist", std::string("tweedie"));
    EXPECT_GT(finished(corrected).numbers.back().ess, 50);
}

TEST(Failure, FamiliesDieOutWhileTheWeightsAreEven) {
    const Finished result = finished(shipped("failure_genealogical_collapse"));
    const StepNumbers& last = result.numbers.back();
    EXPECT_LE(last.eves, 5) << "all but a few: 2 n / 300 steps are left on average";
    for (const StepNumbers& each : result.numbers) {
        EXPECT_GT(each.ess, 0.99 * 256) << each.step;
    }
    Scenario spared = shipped("failure_genealogical_collapse");
    spared.sampler.params.set("resample_below", 0.5);
    EXPECT_EQ(finished(spared).numbers.back().eves, 256);
}

TEST(Failure, SaysInTwoSentencesWhatToLookAt) {
    int failures = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::source_dir() / "assets/scenarios")) {
        const std::string name = entry.path().stem().string();
        if (!name.starts_with("failure_") && name != "folded_decoder") {
            continue;
        }
        ++failures;
        const std::string caption = shipped(name).caption + " ";
        int sentences = 0;
        for (size_t at = caption.find(". "); at != std::string::npos; at = caption.find(". ", at + 1)) {
            ++sentences;
        }
        EXPECT_EQ(sentences, 2) << name << ": " << caption;
    }
    EXPECT_EQ(failures, 11);
}

/// The weight of the upper mode among particles [n, 2].
double upper_share(const std::vector<float>& x, const std::vector<double>& log_weights) {
    double share = 0;
    for (size_t i = 0; i < log_weights.size(); ++i) {
        share += x[2 * i + 1] > 0 ? std::exp(log_weights[i]) : 0;
    }
    return share;
}

TEST(Failure, GreedyKillingLosesAModeForMostSeeds) {
    int too_low = 0, gone = 0;
    std::vector<double> families, halfway;
    for (uint64_t seed = 1; seed <= 32; ++seed) {
        Scenario scenario = shipped("failure_greedy_killing");
        scenario.seed = seed;
        drift::Run run(scenario);
        while (!run.finished()) {
            const FramePtr frame = run.advance();
            if (frame->numbers.step == 20) {
                const auto n = static_cast<double>(scenario.particles);
                halfway.push_back(upper_share(frame->x, std::vector<double>(frame->x.size() / 2, -std::log(n))));
            }
        }
        const Samples samples = run.samples();
        gone += upper_share(samples.values, samples.log_weights) < 0.02 ? 1 : 0;
        const Summary summary = run.summary();
        too_low += summary.log_z < summary.exact_log_z ? 1 : 0;
        families.push_back(static_cast<double>(summary.eves));
        EXPECT_NEAR(run.scene()->posterior->weights.at(1), 0.4, 0.01) << "two fifths";
    }
    const test::Repeated upper = test::repeated(halfway), left = test::repeated(families);
    EXPECT_NEAR(upper.mean, 0.9, 4 * upper.error + 0.01);
    EXPECT_NEAR(left.mean, 21, 4 * left.error);
    EXPECT_GE(gone, 28) << "hardly any";
    EXPECT_GE(too_low, 26);  // 16 were right for a median at the truth, 26 are three and a half deviations above
}

TEST(Failure, FewStepsAreExactForAnotherModel) {
    const Finished result = finished(shipped("failure_discretisation_bias"));
    // Across what is measured, A = (1, .4), the posterior keeps the variance of the prior: .7, of which ten steps leave
    // .3495 (T3).
    const Samples samples = result.run.samples();
    Samples along;
    along.shape = {samples.shape[0], 1};
    along.log_weights = samples.log_weights;
    for (size_t i = 0; i < samples.log_weights.size(); ++i) {
        along.values.push_back((samples.values[2 * i + 1] - 0.4F * samples.values[2 * i]) / std::sqrt(1.16F));
    }
    const double variance = test::moments(along, 0).variance;
    EXPECT_NEAR(variance, 0.3495, 4 * 0.3495 * std::sqrt(2 / result.summary.ess));
    EXPECT_NEAR(result.summary.log_z, result.summary.exact_log_z_discretised, 4 * result.summary.log_z_sd);
    EXPECT_GT(std::abs(result.summary.log_z - result.summary.exact_log_z), 8 * result.summary.log_z_sd);
}

TEST(Failure, DeterministicStepsKeepTheErrorOfTheStart) {
    Scenario scenario = shipped("failure_initial_error");
    const double error = 0.295 / std::sqrt(static_cast<double>(scenario.particles));
    const double truth = 1.5 / 1.1;
    const Finished result = finished(scenario);
    EXPECT_NEAR(result.summary.sliced_w1 / result.summary.sliced_w1_floor, 5, 1.5) << "about five times its floor";
    const double kept = test::moments(result.run.samples(), 0).mean;
    EXPECT_NEAR(kept, 1.34354, 4 * error) << "which the affine recursion of O5 gives";
    EXPECT_LT(kept, truth - 4 * error) << "by .0201, nine standard errors";
    scenario.sampler.params.set("eta", Curve(1));
    EXPECT_NEAR(test::moments(finished(scenario).run.samples(), 0).mean, 1.36333, 4 * error) << "forgotten";
    scenario.sampler.params.set("eta", Curve(0));
    scenario.schedule.params.set("sigma_max", 200.0);
    EXPECT_NEAR(test::moments(finished(scenario).run.samples(), 0).mean, 1.36165, 4 * error) << "or never made";
}

/// The share of the variance that lies between the two halves of the best cut: 2/pi of a bell, more of two clusters.
double split_share(const std::vector<float>& rows, size_t columns) {
    std::vector<double> values;
    for (size_t i = 0; i < rows.size(); i += columns) {
        values.push_back(static_cast<double>(rows[i]));
    }
    std::ranges::sort(values);
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double within = 0, left = 0, best = 0;
    for (const double value : values) {
        within += (value - mean) * (value - mean) / n;
    }
    for (size_t i = 0; i + 1 < values.size(); ++i) {
        left += (values[i] - mean) / n;  // the other half has the opposite
        const double share = static_cast<double>(i + 1) / n;
        best = std::max(best, left * left / (share * (1 - share)));
    }
    return best / within;
}

TEST(Failure, FoldedNoiseHasTwoClustersOverOneOfTheData) {
    const Samples samples = finished(shipped("folded_decoder")).run.samples();
    ASSERT_EQ(samples.values.size(), samples.latents.size());
    EXPECT_GT(split_share(samples.latents, 2), 0.85);
    EXPECT_LT(split_share(samples.values, 2), 0.75);
    size_t right = 0, between = 0;
    for (size_t i = 0; i < samples.latents.size(); i += 2) {
        right += samples.latents[i] > 0 ? 1U : 0U;
        between += std::abs(samples.latents[i]) < 0.2F ? 1U : 0U;
        ASSERT_NEAR(samples.values[i], std::abs(samples.latents[i]), 1e-6F) << "the fold";
    }
    // Even by symmetry; a standard error is .016, and twice that for particles that share ancestors.
    EXPECT_NEAR(static_cast<double>(right) / 1024, 0.5, 0.13);
    EXPECT_LT(between, 1024U / 50);
}

}  // namespace
}  // namespace drift
