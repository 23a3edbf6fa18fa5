// What is refused in noise space, and what is warned of.
#include "support/noise_space.h"

namespace drift {
namespace {

using test::measured_map;
using test::refusal;

TEST(Outsourced, SaysThatItIsTheNoiseSpaceThatAMethodDoesNotFit) {
    Scenario scenario = test::scene_a("ddnm");
    EXPECT_EQ(refusal(scenario), "");
    scenario.sampler.params.set("space", std::string("noise"));
    const std::string sentence = refusal(scenario);
    EXPECT_NE(sentence.find("'sampler.space' is noise"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("data is accepted"), std::string::npos) << sentence;
}

TEST(Outsourced, BlamesTheNoiseSpaceForNothingElse) {
    Scenario still = test::scene_a("fk_steering");  // a refusal that has nothing to do with the measurement
    still.sampler.params.set("space", std::string("noise"));
    still.sampler.params.set("kernel", std::string("gradient"));
    still.sampler.params.set("error_model", std::string("point"));
    still.sampler.params.set("eta", Curve(0));
    std::string sentence = refusal(still);
    EXPECT_NE(sentence.find("'sampler.eta'"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("'sampler.space'"), std::string::npos) << sentence;
    Scenario reward = test::scenario("gaussian_mixture", "reward", "ddnm");  // linear in neither space
    reward.sampler.params.set("space", std::string("noise"));
    sentence = refusal(reward);
    EXPECT_NE(sentence.find("needs a linear measurement"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("'sampler.space'"), std::string::npos) << sentence;
    sentence = refusal(measured_map("fold", 2, "ddnm", 1, 0.3));  // a map is all that is known of the data
    EXPECT_NE(sentence.find("'sampler.space' is noise"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("data is accepted"), std::string::npos) << sentence;
}

TEST(Outsourced, RefusesDataSpaceWhereThePriorIsOnlyAMap) {
    for (const std::string sampler : {"tds", "dps", "hmc", "reverse_diffusion"}) {
        Scenario scenario = measured_map("square", 2, sampler, 1, 0.3);
        scenario.sampler.params.set("space", std::string("data"));
        const std::string sentence = refusal(scenario);
        EXPECT_NE(sentence.find("set \"space\" to noise"), std::string::npos) << sampler << ": " << sentence;
    }
}

TEST(Outsourced, WarnsByTheSpreadOfTheNoise) {
    Scenario scenario = test::scene_a("tds");
    scenario.sampler.params.set("twist", std::string("monte_carlo"));  // chosen, not fallen back to
    scenario.schedule.params.set("sigma_max", 12.0);
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), 1U) << "below ten times the spread of the data";
    scenario.sampler.params.set("space", std::string("noise"));
    EXPECT_TRUE(drift::Run(scenario).scene()->warnings.empty());
    scenario.schedule.params.set("sigma_max", 8.0);
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), 1U);
}

}  // namespace
}  // namespace drift
