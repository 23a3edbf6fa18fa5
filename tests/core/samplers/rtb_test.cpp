// Which schedule RTB takes, and from whom: its noise levels are those of a prior that walks them, or nobody's.
#include "core/generators/generators.h"

#include "support/problems.h"

#include <string>
#include <utility>

namespace drift {
namespace {

std::string file_of(const std::string& reference, const std::string& more) {
    return R"({"format": "driftscope-scenario", "version": 1, "prior": {"type": "gaussian_mixture"}, )"
           R"("condition": {"type": "none"}, "sampler": {"type": "rtb", "reference": ")" +
           reference + "\"}" + more + "}";
}

constexpr const char* with_schedule = R"(, "schedule": {"type": "edm"})";

// Brownian motion from one point has no noise levels, be it asked for or taken by itself.
TEST(Rtb, RefusesAScheduleThatItsReferenceDoesNotWalk) {
    for (const std::string reference : {"auto", "pinned_brownian"}) {
        try {
            scenario_from_json(file_of(reference, with_schedule), "test.json");
            FAIL() << reference;
        } catch (const UserError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("'schedule' is given, but 'sampler.reference' is " + reference), std::string::npos)
                << text;
            EXPECT_NE(text.find("or set the reference to prior"), std::string::npos) << text;
        }
        EXPECT_FALSE(walks_noise(scenario_from_json(file_of(reference, ""), "test.json")));
    }
    Scenario scenario = scenario_from_json(file_of("prior", with_schedule), "test.json");
    EXPECT_TRUE(walks_noise(scenario));
    set_value(scenario, "schedule.steps", "17");
    set_value(scenario, "sampler.reference", "pinned_brownian");
    EXPECT_FALSE(walks_noise(scenario)) << "nor is it offered";
    EXPECT_EQ(to_json(scenario).find("schedule"), std::string::npos);
    EXPECT_THROW(set_value(scenario, "schedule.steps", "18"), UserError);
}

// What is said of a choice is what the prior that is made of it turns out to be, wherever RTB can sample it.
TEST(Rtb, ComesFromOnePointForPriorsInClosedForm) {
    int judged = 0;
    for (const Item& item : items(Kind::Prior)) {
        if (item.key == "diffusion" || item.key == "torchscript") {
            continue;  // files
        }
        Scenario scenario = test::scenario(item.key, "none", "rtb");
        if (generator_kinds().contains(item.key)) {
            for (const auto& [key, value] : {std::pair{"iterations", 2}, {"batch", 4}, {"width", 4}, {"layers", 1}}) {
                scenario.prior.params.set(key, int64_t{value});
            }
        }
        const auto prior = make<Prior>(scenario.prior, MakeContext{});
        if (prior->has_denoiser()) {
            EXPECT_EQ(walks_noise(scenario), prior->mixture() == nullptr) << item.key;
            ++judged;
        }
    }
    EXPECT_GE(judged, 4);
    EXPECT_TRUE(walks_noise(test::scenario("diffusion", "none", "rtb"))) << "a network has no closed form";
}

}  // namespace
}  // namespace drift
