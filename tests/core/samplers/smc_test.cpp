#include "support/ensembles.h"

namespace drift {
namespace {

using test::Ensemble;
using test::expect_unbiased;
using test::repeat;

Scenario with(const std::string& proposal, const std::string& twist, int64_t particles) {
    Scenario scenario = test::t9_scenario("smc");
    scenario.sampler.params.set("proposal", proposal);
    scenario.sampler.params.set("twist", twist);
    scenario.particles = particles;
    return scenario;
}

TEST(Smc, WithOneTwistForBothIsTds) {
    for (const char* twist : {"point", "pigdm", "tweedie", "exact"}) {
        Scenario tds = test::t9_scenario("tds");
        tds.sampler.params.set("twist", std::string(twist));
        tds.particles = 100;
        const drift::Run expected = test::finished(tds);
        const drift::Run run = test::finished(with(twist, twist, 100));
        EXPECT_EQ(run.samples().values, expected.samples().values) << twist;
        EXPECT_EQ(run.summary().log_z, expected.summary().log_z) << twist;
    }
}

// T9: unguided steps, weighed by the exact twist.
TEST(Smc, IsUnbiasedWithUnguidedStepsAndATwist) {
    const Ensemble few = repeat(with("base", "exact", 16), 400);
    expect_unbiased(few);
    EXPECT_NEAR(test::repeated(few.log_z).deviation, 0.60, 0.12);
    const Ensemble many = repeat(with("base", "exact", 256), 200);
    expect_unbiased(many);
    EXPECT_NEAR(test::repeated(many.log_z).deviation, 0.134, 0.03);
}

// T9: importance sampling.
TEST(Smc, IsUnbiasedWithoutProposalAndTwist) {
    const Scenario scenario = with("base", "none", 256);
    const Ensemble ensemble = repeat(scenario, 400);
    expect_unbiased(ensemble);
    EXPECT_NEAR(test::repeated(ensemble.ratio).error, 0.015 * std::sqrt(200.0 / 400), 0.006);
    drift::Run run(scenario);
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        EXPECT_EQ(frame->numbers.resampled, false) << "all weight is given at the end";
    }
}

TEST(Smc, IsUnbiasedForProposalsAndTwistsThatDiffer) {
    for (const auto& [proposal, twist] : std::vector<std::pair<std::string, std::string>>{
             {"exact", "pigdm"}, {"pigdm", "exact"}, {"tweedie", "none"}, {"base", "monte_carlo"}, {"base", "pigdm"}}) {
        SCOPED_TRACE(proposal + " " + twist);
        Scenario scenario = with(proposal, twist, 256);
        scenario.sampler.params.set("spread", 1.0);
        scenario.sampler.params.set("draws", int64_t{4});
        const Ensemble ensemble = repeat(scenario, 80);
        expect_unbiased(ensemble);
        test::expect_average(ensemble, test::means(ensemble.first), 1.474780);
    }
}

TEST(Smc, CountsTheCallsOfBothTwists) {
    const auto calls = [](const std::string& proposal, const std::string& twist) {
        return test::finished(with(proposal, twist, 10)).summary().denoiser_calls;
    };
    EXPECT_EQ(calls("base", "none"), 10 * 30);
    EXPECT_EQ(calls("base", "pigdm"), 10 * 30);
    EXPECT_EQ(calls("pigdm", "pigdm"), 10 * 30);
    EXPECT_EQ(calls("pigdm", "tweedie"), 10 * 30 * 2);
}

TEST(Smc, RefusesWhatHasNoClosedFormByName) {
    Scenario scenario = with("exact", "exact", 10);
    scenario.condition = default_choice(Kind::Condition, "none");
    EXPECT_NO_THROW(drift::Run{scenario});
    Task task = test::task(with("exact", "exact", 10));
    task.problem.exact = nullptr;
    EXPECT_THROW(make<Sampler>(scenario.sampler, task), UserError);
}

}  // namespace
}  // namespace drift
