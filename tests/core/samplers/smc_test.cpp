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
             {"exact", "pigdm"}, {"pigdm", "exact"}, {"tweedie", "none"}, {"base", "pigdm"}}) {
        SCOPED_TRACE(proposal + " " + twist);
        Scenario scenario = with(proposal, twist, 256);
        scenario.sampler.params.set("spread", 1.0);
        const Ensemble ensemble = repeat(scenario, 80);
        expect_unbiased(ensemble);
        test::expect_average(ensemble, test::means(ensemble.first), 1.474780);
    }
}

// guidance.md 1.6.8: the shift of a proposal may be any. Those that know no noise of the measurement pull too hard for
// even weights at the end, and are led out.
TEST(Smc, IsUnbiasedForShiftsThatAreNoGradientOfATwist) {
    for (const auto& [proposal, guidance] :
         std::vector<std::pair<std::string, double>>{{"pnp", 1}, {"ddnm", 0.3}, {"norm", 0.1}}) {
        for (const char* twist : {"tweedie", "none"}) {
            SCOPED_TRACE(proposal + " " + twist);
            Scenario scenario = with(proposal, twist, 256);
            const double last = proposal == "pnp" ? guidance : 0;
            scenario.sampler.params.set("guidance", Curve({{0, guidance}, {1, last}}, Interpolation::Linear));
            const Ensemble ensemble = repeat(scenario, 80);
            expect_unbiased(ensemble);
            test::expect_average(ensemble, test::means(ensemble.first), 1.474780);
        }
    }
}

TEST(Smc, MovesByAShiftThatIsNoGradientOfATwist) {
    const auto values = [](const std::string& proposal) {
        return test::finished(with(proposal, "tweedie", 50)).samples().values;
    };
    for (const char* proposal : {"pnp", "ddnm", "norm", "monte_carlo"}) {
        EXPECT_NE(values(proposal), values("base")) << proposal;
    }
    const std::vector<float> moved = values("pnp");
    const std::vector<float> guided = values("pigdm");
    for (size_t i = 0; i < moved.size(); ++i) {
        EXPECT_NEAR(moved[i], guided[i], 1e-5) << "of a Gaussian prior they are one";
    }
}

// T11 in its own words: difference FK is unguided steps weighed by psi. Dropping weights where resampling does not fire
// gives (1.137, -.039), (.234, .484).
TEST(Smc, KeepsWeightsWhereItDoesNotResample) {
    const Ensemble ensemble = repeat(with("base", "exact", 512), 200);
    const auto expect = [](const std::vector<double>& values, double expected) {
        const test::Repeated value = test::repeated(values);
        EXPECT_NEAR(value.mean, expected, 4 * value.error + 5e-4);  // which is how far the reference was rounded
    };
    const auto variances = [](const std::vector<test::Moments>& moments) {
        std::vector<double> values;
        for (const test::Moments& each : moments) {
            values.push_back(each.variance);
        }
        return values;
    };
    expect(test::means(ensemble.first), 1.476);
    expect(test::means(ensemble.second), 0.088);
    expect(variances(ensemble.first), 0.107);
    expect(variances(ensemble.second), 0.469);
}

// Few draws foresee a sharp likelihood badly: estimates by them have heavy tails there, not here.
TEST(Smc, IsUnbiasedWithAMonteCarloTwist) {
    for (const auto& [proposal, twist] :
         std::vector<std::pair<std::string, std::string>>{{"base", "monte_carlo"},
                                                          {"pigdm", "monte_carlo"},
                                                          {"monte_carlo", "monte_carlo"},
                                                          {"monte_carlo", "exact"}}) {
        SCOPED_TRACE(proposal + " " + twist);
        Scenario scenario = with(proposal, twist, 256);
        scenario.condition.params.set("noise", 0.7);
        expect_unbiased(repeat(scenario, 80));
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
    EXPECT_EQ(calls("tweedie", "auto"), 10 * 30) << "auto is tweedie there";
}

TEST(Smc, KnowsHowItsProposalAmplifiesDifferences) {
    const auto first = [](const std::string& sampler, const std::string& key, const std::string& twist) {
        Scenario scenario = test::t9_scenario(sampler);
        scenario.sampler.params.set(key, twist);
        scenario.particles = 10;
        return drift::Run(scenario).advance()->numbers.amplification;
    };
    Scenario two = with("pigdm", "tweedie", 10);
    const double amplification = drift::Run(two).advance()->numbers.amplification;
    EXPECT_TRUE(std::isfinite(amplification));
    EXPECT_EQ(amplification, first("tds", "twist", "pigdm")) << "what weighs has no say in it";
    two.sampler.params.set("twist", std::string("none"));
    EXPECT_EQ(drift::Run(two).advance()->numbers.amplification, amplification);
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
