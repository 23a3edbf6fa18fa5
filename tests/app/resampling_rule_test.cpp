#include "app/resampling_rule.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

TEST(ResamplingRule, IsThatOfTheParametersInEffect) {
    Choice tds = default_choice(Kind::Sampler, "tds");
    EXPECT_EQ(resampling_threshold(tds), 0.5);
    EXPECT_FALSE(resamples_always(tds));
    tds.params.set("resample_below", 1.0);
    EXPECT_EQ(resampling_threshold(tds), 1.0);
    EXPECT_TRUE(resamples_always(tds));
    tds.params.set("resample_every", int64_t{3});
    EXPECT_EQ(resampling_threshold(tds), std::nullopt) << "the ESS is not asked";
    EXPECT_FALSE(resamples_always(tds));
    tds.params.set("resample_every", int64_t{1});
    EXPECT_TRUE(resamples_always(tds));
    EXPECT_EQ(resampling_threshold(default_choice(Kind::Sampler, "dps")), std::nullopt);
    EXPECT_FALSE(resamples_always(default_choice(Kind::Sampler, "dps")));
}

}  // namespace
}  // namespace drift
