#include "app/panels/schedule/curve_clipboard.h"

#include "core/catalog.h"
#include "core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace drift {
namespace {

CurveSource noise() {
    CurveSource source;
    source.name = "noise";
    source.noise = true;
    source.limits = {std::log(1e-3), std::log(200.0), true, false};
    return source;
}

CurveSource guidance() {
    CurveSource source;
    source.name = "guidance";
    source.limits = {0, 50, false, false};
    return source;
}

std::string refusal(const CurveSource& source, const std::string& text) {
    try {
        curve_from_clipboard(source, text);
    } catch (const UserError& error) {
        return error.what();
    }
    return {};
}

void expect_near(const Curve& a, const Curve& b) {
    ASSERT_EQ(a.knots().size(), b.knots().size());
    for (size_t i = 0; i < a.knots().size(); ++i) {
        EXPECT_EQ(a.knots()[i].u, b.knots()[i].u);
        EXPECT_NEAR(a.knots()[i].value, b.knots()[i].value, 1e-12);
    }
    EXPECT_EQ(a.interpolation(), b.interpolation());
}

TEST(CurveClipboard, NoiseLevelsAreSigmaAsOnTheAxis) {
    const Curve curve({{0, std::log(20.0)}, {0.5, 0}, {1, std::log(0.02)}}, Interpolation::Linear);
    const std::string text = clipboard_text(noise(), curve);
    EXPECT_NE(text.find("(0.5,1)"), std::string::npos) << text;
    EXPECT_NE(text.find("interp=linear"), std::string::npos) << text;
    const Curve sigma = curve_from_text(text);
    EXPECT_NEAR(std::log(sigma.at(0.3)), curve.at(0.3), 1e-12) << "the text is the same curve to anyone who reads it";
    expect_near(curve_from_clipboard(noise(), text), curve);
}

TEST(CurveClipboard, NoiseLevelsRunInLogarithmsOnly) {
    const std::string knots = "[(0,20),(0.5,1),(1,0.02)]";
    EXPECT_EQ(refusal(noise(), "schedule v1: x=step01 interp=linear y=log " + knots), "");
    EXPECT_EQ(refusal(noise(), "schedule v1: x=step01 interp=linear " + knots), "");
    EXPECT_EQ(refusal(noise(), knots), "");
    const std::string json = R"({"curve": "linear", "scale": "%", "knots": [[0, 20], [1, 0.02]]})";
    const auto with = [&json](const char* scale) { return std::string(json).replace(json.find('%'), 1, scale); };
    EXPECT_EQ(refusal(noise(), with("log")), "");
    for (const std::string& text : {"schedule v1: x=step01 interp=linear y=linear " + knots, with("linear")}) {
        EXPECT_NE(refusal(noise(), text).find("take y=log or leave it out"), std::string::npos) << text;
        EXPECT_EQ(refusal(guidance(), text), "") << "values of other curves may run straight";
    }
}

TEST(CurveClipboard, TheLimitsThemselvesComeBack) {
    const CurveSource source = noise();
    for (const Interpolation interpolation : {Interpolation::Pchip, Interpolation::Linear}) {
        const Curve curve({{0, source.limits.max}, {1, source.limits.min}}, interpolation);
        expect_near(curve_from_clipboard(source, clipboard_text(source, curve)), curve);
    }
}

TEST(CurveClipboard, ATableOfNoiseLevelsIsTaken) {
    const Curve curve = curve_from_clipboard(noise(), "0 80\n0.5 1\n1 0.002\n");
    expect_near(curve, Curve({{0, std::log(80.0)}, {0.5, 0}, {1, std::log(0.002)}}, Interpolation::Pchip));
}

TEST(CurveClipboard, SaysWhatNoNoiseLevelIs) {
    EXPECT_EQ(refusal(noise(), "[(0,500),(1,0.02)]"), "sigma goes from 0.001 to 200, but knot 1 is 500");
    EXPECT_EQ(refusal(noise(), "[(0,3),(0.5,0),(1,-3.9)]"), "sigma goes from 0.001 to 200, but knot 2 is 0");
    EXPECT_EQ(refusal(noise(), "[(0,20),(0.5,1),(1,2)]"), "sigma falls from knot to knot, but knot 3 is 2 after 1");
    EXPECT_EQ(refusal(noise(), "2"), "sigma falls over the steps, which takes two knots or more");
    EXPECT_NE(refusal(noise(), "schedule v1: interp=step [(0,20),(1,2)]").find("pchip or linear"), std::string::npos);
    EXPECT_NE(refusal(noise(), "no curve").find("accepted"), std::string::npos);
}

TEST(CurveClipboard, OtherCurvesAreRefusedBeyondTheirRangeToo) {
    const Curve curve({{0, 0}, {0.25, 1.5}, {1, 50}}, Interpolation::Step);
    EXPECT_EQ(curve_from_clipboard(guidance(), clipboard_text(guidance(), curve)), curve);
    EXPECT_EQ(refusal(guidance(), "[(0,1),(1,80)]"), "guidance goes from 0 to 50, but knot 2 is 80");
}

TEST(NoisePresets, RunBetweenTheEndsOfTheCurveAndFall) {
    const Curve now({{0, std::log(50.0)}, {1, std::log(0.01)}}, Interpolation::Pchip);
    for (const Item& item : items(Kind::Schedule)) {
        const Curve curve = noise_preset(item.key, now);
        EXPECT_GE(curve.knots().size(), 2U) << item.key;
        for (size_t i = 1; i < curve.knots().size(); ++i) {
            EXPECT_LT(curve.knots()[i].value, curve.knots()[i - 1].value) << item.key;
        }
        if (item.params.contains("sigma_max")) {
            EXPECT_NEAR(curve.at(0), now.at(0), 1e-9) << item.key;
            EXPECT_NEAR(curve.at(1), now.at(1), 1e-9) << item.key;
        }
    }
    const Curve straight = noise_preset("log_linear", now);
    EXPECT_NEAR(straight.at(0.5), (now.at(0) + now.at(1)) / 2, 1e-3) << "the same factor at every step";
}

}  // namespace
}  // namespace drift
