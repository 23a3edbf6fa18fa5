// Plug-and-play in noise space, through maps whose answers are known.
#include "core/descent.h"

#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

/// A swirl under a measurement of one coordinate of the data.
Scenario swirl(const std::string& variant) {
    Scenario scenario = test::scenario("map", "linear_gaussian", "latent_pnp");
    scenario.condition.params.set("matrix", test::row({1, 0}));
    scenario.condition.params.set("observation", test::vector({0.8}));
    scenario.condition.params.set("noise", 0.3);
    scenario.sampler.params.set("variant", variant);
    scenario.particles = 200;
    return scenario;
}

TEST(LatentPnp, PlainIsDpsInNoiseSpace) {
    Scenario plain = swirl("plain");
    plain.sampler.params.set("guidance", Curve(1.0));
    plain.sampler.params.set("eta", Curve(1.0));
    Scenario dps = plain;
    dps.sampler = default_choice(Kind::Sampler, "dps");
    dps.sampler.params.set("space", std::string("noise"));
    EXPECT_EQ(test::finished(plain).samples().values, test::finished(dps).samples().values);
}

TEST(LatentPnp, EndsWhereTheObservationIsFittedOutright) {
    Scenario scenario = swirl("resample");
    const drift::Run fitted = test::finished(scenario);
    EXPECT_LT(fitted.summary().residual, 0.02) << "a fit without a prior goes all the way";
    scenario.sampler.params.set("finish", false);
    const drift::Run noisy = test::finished(scenario);
    EXPECT_GT(noisy.summary().residual, fitted.summary().residual);
    EXPECT_LT(noisy.summary().residual, test::finished(swirl("plain")).summary().residual + 0.1);
}

TEST(LatentPnp, WarnsOfGuidanceThatBlowsUp) {
    Scenario scenario = swirl("plain");
    scenario.prior.params.set("function", std::string("affine"));
    scenario.prior.params.set("matrix", Array{{2, 2}, {1, 0.5, 0, 1}});
    scenario.sampler.params.set("guidance", Curve(0.0));
    const size_t calm = drift::Run(scenario).scene()->warnings.size();
    scenario.sampler.params.set("guidance", Curve(100.0));
    const std::vector<std::string> warnings = drift::Run(scenario).scene()->warnings;
    ASSERT_EQ(warnings.size(), calm + 1);
    EXPECT_NE(warnings.back().find("amplifies"), std::string::npos) << warnings.back();
}

// Without trust in what was fitted, the step is the one without guidance, with nothing added.
TEST(LatentPnp, IgnoresTheFitWithoutTrustInIt) {
    Scenario scenario = swirl("resample");
    scenario.sampler.params.set("every", int64_t{1});
    scenario.sampler.params.set("data_from", 0.0);
    scenario.sampler.params.set("data_steps", int64_t{1});
    scenario.sampler.params.set("latent_steps", int64_t{1});
    scenario.sampler.params.set("trust", 0.0);
    scenario.sampler.params.set("finish", false);
    Scenario unguided = scenario;
    unguided.sampler = default_choice(Kind::Sampler, "dps");
    unguided.sampler.params.set("space", std::string("noise"));
    unguided.sampler.params.set("eta", Curve(0.0));
    unguided.sampler.params.set("guidance", Curve({{0, 0}, {0.98, 0}, {1, 0.5}}, Interpolation::Step));
    const Samples a = test::finished(scenario).samples();
    const Samples b = test::finished(unguided).samples();
    for (size_t i = 0; i < a.latents.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(a.latents[i]), static_cast<double>(b.latents[i]), 1e-5);
    }
}

// A data phase that lasts to the end finds the x that fits, and the z that it is made of.
TEST(LatentPnp, FindsTheNoiseOfWhatItFittedAmongTheData) {
    Scenario scenario = swirl("resample");
    scenario.sampler.params.set("latent_from", 1.0);
    scenario.sampler.params.set("every", int64_t{59});  // the last step but one of 60
    scenario.sampler.params.set("data_from", 0.9);
    scenario.sampler.params.set("trust", 1e6);
    scenario.sampler.params.set("finish", false);
    EXPECT_GT(test::finished(swirl("plain")).summary().residual, 0.1);
    scenario.schedule.params.set("steps", int64_t{61});
    EXPECT_LT(test::finished(scenario).summary().residual, 0.05);
}

// T25: particles do not know of each other, however long each of them searches.
TEST(LatentPnp, MovesEveryParticleAlone) {
    Scenario scenario = swirl("resample");
    scenario.particles = 40;
    const Samples many = test::finished(scenario, Precision::Float32).samples();
    scenario.particles = 11;
    const Samples few = test::finished(scenario, Precision::Float32).samples();
    EXPECT_TRUE(std::equal(few.latents.begin(), few.latents.end(), many.latents.begin()));
}

TEST(LatentPnp, TakesNoOtherSpace) {
    Scenario scenario = swirl("plain");
    try {
        set_value(scenario, "sampler.space", "data");
        FAIL();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("noise"), std::string::npos) << error.what();
    }
}

TEST(Descent, FindsTheMinimumOfEveryRowAndRestsThere) {
    torch::Tensor x = test::cloud(30, 2, 1);
    const torch::Tensor wanted = torch::tensor({0.3, -1.2}, torch::kFloat64);
    int64_t calls = 0;
    const auto parabola = [&](const torch::Tensor& at) {
        ++calls;
        return std::pair((at - wanted).square().sum(1), 2 * (at - wanted));
    };
    descend(parabola, {5000, 0.01, 1e-9}, x);
    // A step that crosses the minimum may end as high as it began: rows rest within a step of it.
    EXPECT_LT(test::largest(x, wanted.expand_as(x)), 1e-2);
    EXPECT_LT(calls, 3000) << "it rests before it must";
}

}  // namespace
}  // namespace drift
