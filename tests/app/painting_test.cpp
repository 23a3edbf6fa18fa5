#include "app/painting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

Scenario flow_of(const std::string& data) {
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, "normalising_flow");
    scenario.prior.params.set("data", data);
    scenario.condition = default_choice(Kind::Condition, "none");
    scenario.sampler = default_choice(Kind::Sampler, "tds");
    scenario.schedule = default_choice(Kind::Schedule, "edm");
    return scenario;
}

int64_t painted(const Painting& painting) {
    return std::count_if(painting.density.data.begin(), painting.density.data.end(), [](double x) { return x > 0; });
}

TEST(Painting, IsThatOfPriorsThatLearnIt) {
    EXPECT_TRUE(is_painted(flow_of("painted").prior));
    EXPECT_FALSE(is_painted(flow_of("two_moons").prior));
    EXPECT_FALSE(is_painted(default_choice(Kind::Prior, "gaussian")));
}

TEST(Painting, StrokesPaintEraseAndStayInTheScenario) {
    Scenario scenario = flow_of("painted");
    Painting painting = painting_of(scenario.prior);
    EXPECT_EQ(painted(painting), 0);
    stroke(painting, {-2, 1}, {2, 1}, 0.5, false);
    const auto size = static_cast<double>(painted(painting)) * painting.cell() * painting.cell();
    EXPECT_NEAR(size, 4 * 1 + 0.25 * 3.14159, 0.4) << "a way of four with round ends";
    set_painting(scenario, painting);
    EXPECT_EQ(painting_of(scenario.prior).density, painting.density);
    EXPECT_EQ(painting_of(scenario_from_json(to_json(scenario), "p.json").prior).density, painting.density);
    stroke(painting, {-3, 1}, {3, 1}, 1, true);
    EXPECT_EQ(painted(painting), 0);
    set_painting(scenario, painting);
    EXPECT_TRUE(std::get<Array>(scenario.prior.params.at("painting").value).data.empty())
        << "blank, and refused as such";
}

TEST(Painting, TheFinestBrushMeetsACell) {
    Painting painting = painting_of(flow_of("painted").prior);
    stroke(painting, {0.01F, 0.03F}, {0.01F, 0.03F}, 0, false);
    EXPECT_GE(painted(painting), 1);
}

// The topmost row first, and the shorter side in the middle.
TEST(Painting, KeepsItsPlaceInFinerCells) {
    Scenario scenario = flow_of("painted");
    scenario.prior.params.set("painting", Array{{1, 2}, {1, 0}});
    const Painting painting = painting_of(scenario.prior);
    const int64_t side = painting.density.shape[0];
    const auto at = [&](int64_t row, int64_t column) {
        return painting.density.data[static_cast<size_t>(row * side + column)];
    };
    EXPECT_EQ(painted(painting), side * side / 4);
    EXPECT_EQ(at(side / 2, side / 4), 1);
    EXPECT_EQ(at(side / 2, 3 * side / 4), 0);
    EXPECT_EQ(at(1, side / 4), 0);
}

}  // namespace
}  // namespace drift
