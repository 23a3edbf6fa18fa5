#include "core/curve.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace drift {
namespace {

TEST(Curve, IsConstantFromOneNumber) {
    const Curve curve(2.5);
    EXPECT_TRUE(curve.is_constant());
    for (const double u : {-1.0, 0.0, 0.3, 1.0, 7.0}) {
        EXPECT_EQ(curve.at(u), 2.5);
    }
}

TEST(Curve, PassesThroughItsKnotsAndIsConstantOutside) {
    const std::vector<Knot> knots = {{0.1, 1}, {0.4, 3}, {0.8, 0.5}};
    for (const auto interpolation : {Interpolation::Pchip, Interpolation::Linear, Interpolation::Step}) {
        for (const auto scale : {CurveScale::Linear, CurveScale::Log}) {
            const Curve curve(knots, interpolation, scale);
            for (const Knot& knot : knots) {
                EXPECT_EQ(curve.at(knot.u), knot.value);
            }
            EXPECT_EQ(curve.at(0), 1);
            EXPECT_EQ(curve.at(1), 0.5);
        }
    }
}

TEST(Curve, PchipAgreesWithSciPy) {
    const Curve curve({{0, 0}, {0.2, 1.1}, {0.5, 1.0}, {0.6, 3.0}, {1, 4.0}}, Interpolation::Pchip);
    const std::vector<Knot> expected = {
        {0.05, 0.3921875},         {0.1, 0.7458333333333333}, {0.3, 1.074074074074074}, {0.45, 1.0074074074074075},
        {0.55, 1.934210526315791}, {0.7, 3.4523026315789473}, {0.9, 3.942434210526316},
    };
    for (const Knot& knot : expected) {
        EXPECT_NEAR(curve.at(knot.u), knot.value, 1e-13) << "at u = " << knot.u;
    }
}

TEST(Curve, LogarithmicPchipAgreesWithSciPyOnLogarithms) {
    const Curve curve({{0, 0.001}, {0.1, 1}, {0.4, 5}, {1, 1000}}, Interpolation::Pchip, CurveScale::Log);
    const std::vector<Knot> expected = {
        {0.05, 0.07914556548590823}, {0.2, 2.2011538474184467}, {0.5, 9.95864193536592}, {0.8, 125.53921504840613}};
    for (const Knot& knot : expected) {
        EXPECT_NEAR(curve.at(knot.u), knot.value, 1e-12 * knot.value) << "at u = " << knot.u;
    }
}

TEST(Curve, LinearOnALogarithmicScaleIsGeometric) {
    const Curve curve({{0, 0.01}, {1, 100}}, Interpolation::Linear, CurveScale::Log);
    EXPECT_NEAR(curve.at(0.5), 1, 1e-15);
    EXPECT_NEAR(curve.at(0.25), 0.1, 1e-15);
}

TEST(Curve, StepKeepsTheValueOfTheKnotBefore) {
    const Curve curve({{0, 1}, {0.5, 2}, {1, 3}}, Interpolation::Step);
    EXPECT_EQ(curve.at(0.4999), 1);
    EXPECT_EQ(curve.at(0.5), 2);
    EXPECT_EQ(curve.at(0.9999), 2);
    EXPECT_EQ(curve.at(1), 3);
}

TEST(Curve, PchipNeverLeavesTheIntervalOfItsTwoKnots) {
    const std::vector<Knot> knots = {{0, 1}, {0.01, 1}, {0.02, 50}, {0.5, 50.5}, {0.51, 0.1}, {0.9, 0.1}, {1, 7}};
    for (const auto scale : {CurveScale::Linear, CurveScale::Log}) {
        const Curve curve(knots, Interpolation::Pchip, scale);
        for (size_t i = 0; i + 1 < knots.size(); ++i) {
            double before = knots[i].value;
            const bool rising = knots[i + 1].value >= knots[i].value;
            for (int j = 1; j <= 100; ++j) {
                const double value = curve.at(knots[i].u + (knots[i + 1].u - knots[i].u) * j / 100);
                EXPECT_TRUE(rising ? value >= before - 1e-12 : value <= before + 1e-12) << "interval " << i;
                before = value;
            }
        }
    }
}

TEST(Curve, StepsRunFromTheFirstKnotToTheLast) {
    const Curve curve({{0, 1}, {1, 5}}, Interpolation::Linear);
    EXPECT_EQ(curve.at_step(0, 5), 1);
    EXPECT_EQ(curve.at_step(2, 5), 3);
    EXPECT_EQ(curve.at_step(4, 5), 5);
    EXPECT_EQ(curve.at_step(0, 1), 1);
}

TEST(Curve, RefusesWhatIsNotACurve) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const auto pchip = Interpolation::Pchip;
    EXPECT_THROW(Curve(std::vector<Knot>{}, pchip), UserError);
    EXPECT_THROW(Curve({{0, 1}, {0, 2}}, pchip), UserError);
    EXPECT_THROW(Curve({{0.5, 1}, {0.4, 2}}, pchip), UserError);
    EXPECT_THROW(Curve({{-0.1, 1}}, pchip), UserError);
    EXPECT_THROW(Curve({{1.1, 1}}, pchip), UserError);
    EXPECT_THROW(Curve({{nan, 1}}, pchip), UserError);
    EXPECT_THROW(Curve({{0, nan}}, pchip), UserError);
    EXPECT_THROW(Curve{infinity}, UserError);
    EXPECT_THROW(Curve({{0, 0}, {1, 1}}, pchip, CurveScale::Log), UserError);
    EXPECT_THROW(Curve(std::vector<Knot>(257, Knot{}), pchip), UserError);
}

TEST(Curve, EveryPresetRunsAndStaysBetweenItsEnds) {
    for (const CurvePreset& preset : curve_presets()) {
        const Curve curve = make_curve(preset.key, 0.5, 3);
        EXPECT_EQ(curve.at(0), 0.5) << preset.key;
        EXPECT_GE(curve.min_value(), 0.5) << preset.key;
        EXPECT_LE(curve.max_value(), 3) << preset.key;
        if (preset.key != "constant" && preset.key != "window") {
            EXPECT_EQ(curve.at(1), 3) << preset.key;
        }
    }
    EXPECT_THROW(make_curve("wobbly", 0, 1), UserError);
}

TEST(CurveText, IsTheFormOfTheInterfacePage) {
    const Curve curve({{0, 0}, {0.2, 1.1}, {1, 4}}, Interpolation::Pchip);
    EXPECT_EQ(to_text(curve), "schedule v1: x=step01 interp=pchip [(0,0),(0.2,1.1),(1,4)]");
    EXPECT_EQ(curve_from_text(to_text(curve)), curve);
}

TEST(CurveText, RoundTripsEveryCurveBitByBit) {
    std::vector<Knot> knots;
    for (int i = 0; i < 256; ++i) {
        knots.push_back({i / 255.0, std::exp(std::sin(i * 0.7) * 20)});
    }
    for (const auto interpolation : {Interpolation::Pchip, Interpolation::Linear, Interpolation::Step}) {
        for (const auto scale : {CurveScale::Linear, CurveScale::Log}) {
            const Curve curve(knots, interpolation, scale);
            EXPECT_EQ(curve_from_text(to_text(curve)), curve);
        }
    }
}

TEST(CurveText, ReadsEveryFormThatPeoplePaste) {
    const Curve expected({{0, 0}, {0.2, 1.1}, {1, 4}}, Interpolation::Pchip);
    for (const char* text : {
             "schedule v1: x=step01 interp=pchip [(0,0),(0.2,1.1),(1,4)]",
             "  schedule v1: interp=pchip  [ (0, 0), (0.2, 1.1), (1, 4), ]\n",
             R"({"curve": "pchip", "knots": [[0, 0], [0.2, 1.1], [1, 4]]})",
             R"({"curve": "pchip", "scale": "linear", "knots": [[0, 0], [0.2, 1.1], [1, 4.0]]})",
             "[(0, 0), (0.2, 1.1), (1, 4)]",
             "knots = [[0., 0.], [.2, 1.1], [1., 4.]]",
             "{{0, 0}, {0.2, 1.1}, {1, 4}}",
             "const float knots[3][2] = {{0.0f, 0.0f}, {0.2f, 1.1f}, {1.0f, 4e0f},};",
             "0 0\n0.2 1.1\n1 4\n",
             "# u, value\n0,0\r\n0.2,1.1\r\n\r\n1,4",
             "0\t0\n.2\t+1.1\n1\t4",
         }) {
        EXPECT_EQ(curve_from_text(text), expected) << text;
    }
    EXPECT_EQ(curve_from_text("3.5"), Curve(3.5));
}

TEST(CurveText, RefusesOtherTextsWithOneSentence) {
    for (const char* text : {"",
                             "hello",
                             "schedule v2: [(0,0)]",
                             "schedule v1: x=sigma [(0,0)]",
                             "schedule v1: [(0,0)",
                             "[(0,0),(0.5)]",
                             "[(0,0] ",
                             "[(0,0)] and more",
                             "0 1 2\n",
                             "0 1\nx 2\n",
                             "0 nan\n",
                             "0 inf",
                             "[(0,1e999)]",
                             "{\"curve\": 3}",
                             R"({"knots": [[0, 1, 2]]})",
                             R"({"knots": 3})",
                             R"({"curve": "cubic", "knots": [[0, 1]]})",
                             "[]",
                             "[[]]",
                             "[(0,0),(0,1)]",
                             "schedule v1: y=log [(0,0)]",
                             "0,5 0,7"}) {
        try {
            curve_from_text(text);
            FAIL() << "accepted " << text;
        } catch (const UserError& error) {
            EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << text;
        }
    }
    EXPECT_THROW(curve_from_text(std::string(100'000, '[')), UserError);
}

}  // namespace
}  // namespace drift
