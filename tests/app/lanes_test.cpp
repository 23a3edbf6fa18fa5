#include "app/panels/timeline/lanes.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

TEST(Lanes, DrawTheThresholdOfResamplingWhereItPlaysAPart) {
    Choice tds = default_choice(Kind::Sampler, "tds");
    EXPECT_EQ(resampling_threshold(tds), 0.5);
    tds.params.set("resample_below", 0.2);
    EXPECT_EQ(resampling_threshold(tds), 0.2);
    tds.params.set("resample_every", int64_t{3});
    EXPECT_EQ(resampling_threshold(tds), std::nullopt) << "the ESS is not asked";
    tds.params.set("resample_every", int64_t{0});
    for (const double always : {0.0, 1.0}) {
        tds.params.set("resample_below", always);
        EXPECT_EQ(resampling_threshold(tds), std::nullopt) << always;
    }
    EXPECT_EQ(resampling_threshold(default_choice(Kind::Sampler, "dps")), std::nullopt);
}

}  // namespace
}  // namespace drift
