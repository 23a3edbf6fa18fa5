#include "core/automatic.h"

#include "support/problems.h"

namespace drift {
namespace {

TEST(Automatic, IsWhatFkSteeringMakesOfItsSteps) {
    Scenario fk = test::scene_a("fk_steering");
    EXPECT_EQ(automatic_value(fk, "score_every"), 7) << "an eighth of 60";
    EXPECT_EQ(automatic_value(fk, "score_start"), 7);
    EXPECT_EQ(automatic_value(fk, "score_end"), 60);
    EXPECT_EQ(automatic_value(fk, "spread"), std::nullopt) << "takes a look at the prior";
    fk.sampler.params.set("score_every", 0.5);
    EXPECT_EQ(automatic_value(fk, "score_start"), 30) << "as score every is";
    fk.schedule.params.set("steps", int64_t{4});
    fk.sampler.params.set("score_every", 0.0);
    EXPECT_EQ(automatic_value(fk, "score_every"), 1);
    EXPECT_EQ(automatic_value(test::scene_a("tds"), "score_every"), std::nullopt);
}

}  // namespace
}  // namespace drift
