#include "core/params.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace drift {
namespace {

struct Settings {
    bool on = true;
    int64_t count = 3;
    double rate = 0.5;
    std::string scheme = "systematic";
    std::string file;
    Curve guidance = 1.0;
    Array matrix = {{1, 2}, {1, 0}};
    ImageSource image;
};

Fields<Settings> fields() {
    return {
        {"on", &Settings::on, "On", {}},
        Field<Settings>("count", &Settings::count, "Count", {}).between(1, 10),
        Field<Settings>("rate", &Settings::rate, "Rate", {}).between(0, 1.5).live(),
        Field<Settings>("scheme", &Settings::scheme, "Scheme", {}).one_of({"systematic", "multinomial"}),
        {"file", &Settings::file, "File", {}},
        Field<Settings>("guidance", &Settings::guidance, "Guidance", {}).between(0, 100, true),
        Field<Settings>("matrix", &Settings::matrix, "Matrix", {}).between(-10, 10),
        {"image", &Settings::image, "Image", {}},
    };
}

std::string message(ParamSet set, std::string_view key, const Value& value) {
    const ParamSet before = set;
    try {
        set.set(key, value);
    } catch (const UserError& error) {
        EXPECT_TRUE(same_values(before, set)) << "a refused value must leave the set as it was";
        return error.what();
    }
    return "accepted";
}

TEST(ParamSet, TakesDefaultsFromTheMembers) {
    const ParamSet set = describe(fields());
    EXPECT_EQ(std::get<double>(set.at("rate").value), 0.5);
    EXPECT_EQ(set.at("rate").effect, Effect::Live);
    EXPECT_EQ(set.at("count").effect, Effect::Restart);
    EXPECT_EQ(typed(fields(), set).scheme, "systematic");
}

struct Dependent {
    bool on = true;
    std::string scheme = "systematic";
    int64_t count = 0;
    double rate = 0;
    Curve guidance = 0;
    double always = 0, chosen = 0, both = 0, either = 0, inner = 0, bent = 0, counted = 0;
};

ParamSet dependent() {
    using F = Field<Dependent>;
    return describe(Fields<Dependent>{
        {"on", &Dependent::on, "On", {}},
        F("scheme", &Dependent::scheme, "Scheme", {}).one_of({"systematic", "multinomial", "ssp"}),
        F("count", &Dependent::count, "Count", {}).between(0, 9),
        {"rate", &Dependent::rate, "Rate", {}},
        {"guidance", &Dependent::guidance, "Guidance", {}},
        {"always", &Dependent::always, "Always", {}},
        F("chosen", &Dependent::chosen, "Chosen", {}).only_with("scheme", {"multinomial", "ssp"}),
        F("both", &Dependent::both, "Both", {}).only_with("on", {true}).only_above_zero("rate"),
        F("either", &Dependent::either, "Either", {}).only_with_any({{"on", {false}}, Requirement::above_zero("rate")}),
        F("inner", &Dependent::inner, "Inner", {}).only_with("both", {0.0}),
        F("bent", &Dependent::bent, "Bent", {}).only_above_zero("guidance"),
        F("counted", &Dependent::counted, "Counted", {}).only_above_zero("count"),
    });
}

TEST(ParamSet, KnowsWhichOfItsParametersCount) {
    ParamSet set = dependent();
    const auto counts = [&set](const char* key) { return in_effect(set, set.at(key)); };
    EXPECT_TRUE(counts("always"));
    EXPECT_FALSE(counts("chosen"));
    set.set("scheme", std::string("ssp"));
    EXPECT_TRUE(counts("chosen"));
    EXPECT_FALSE(counts("both")) << "one of two";
    EXPECT_FALSE(counts("either"));
    EXPECT_FALSE(counts("inner"));
    set.set("rate", 0.1);
    EXPECT_TRUE(counts("both"));
    EXPECT_TRUE(counts("either"));
    EXPECT_TRUE(counts("inner"));
    set.set("on", false);
    EXPECT_FALSE(counts("both"));
    EXPECT_TRUE(counts("either"));
    EXPECT_FALSE(counts("inner")) << "it hangs on one that does not count, whatever its value";
    EXPECT_FALSE(counts("bent"));
    set.set("guidance", Curve({{0, 0}, {0.5, 1}, {1, 0}}, Interpolation::Linear));
    EXPECT_TRUE(counts("bent")) << "above 0 somewhere";
    EXPECT_FALSE(counts("counted"));
    set.set("count", int64_t{1});
    EXPECT_TRUE(counts("counted"));
}

TEST(ParamSet, SaysWhenAParameterCounts) {
    const ParamSet set = dependent();
    EXPECT_EQ(only_with_text(set.at("always")), "");
    EXPECT_EQ(only_with_text(set.at("chosen")), "only where scheme is 'multinomial' or 'ssp'");
    EXPECT_EQ(only_with_text(set.at("both")), "only where on is true, and rate is above 0");
    EXPECT_EQ(only_with_text(set.at("either")), "only where on is false or rate is above 0");
}

TEST(ParamSet, GivesTheTypedStructBack) {
    ParamSet set = describe(fields());
    set.set("rate", 1.5);
    set.set("guidance", Curve({{0, 1}, {1, 2}}, Interpolation::Linear));
    set.set("matrix", Array{{2}, {3, 4}});
    const Settings settings = typed(fields(), set);
    EXPECT_EQ(settings.rate, 1.5);
    EXPECT_EQ(settings.guidance.at(0.5), 1.5);
    EXPECT_EQ(settings.matrix.data[1], 4);
    EXPECT_FALSE(same_values(set, describe(fields())));
}

TEST(ParamSet, RefusesWithKeyGivenAndAccepted) {
    const ParamSet set = describe(fields());
    EXPECT_EQ(message(set, "rate", 3.0), "'rate' is 3 but takes a number from 0 to 1.5");
    EXPECT_EQ(message(set, "rate", int64_t{1}), "'rate' is 1 but takes a number from 0 to 1.5");
    EXPECT_EQ(message(set, "count", int64_t{11}), "'count' is 11 but takes a whole number from 1 to 10");
    EXPECT_EQ(message(set, "scheme", std::string("stratified")),
              "'scheme' is 'stratified' but takes one of systematic, multinomial");
    EXPECT_EQ(message(set, "speed", 1.0),
              "'speed' is not a known key; accepted: on, count, rate, scheme, file, guidance, matrix, image");
    EXPECT_EQ(message(set, "guidance", Curve(-1.0)),
              "'guidance' contains -1 but takes a number or a curve of numbers from 0 to 100");
}

TEST(ParamSet, RefusesNumbersThatAreNotFinite) {
    const ParamSet set = describe(fields());
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_NE(message(set, "rate", nan), "accepted");
    EXPECT_NE(message(set, "rate", infinity), "accepted");
    EXPECT_NE(message(set, "matrix", Array{{2}, {1, nan}}), "accepted");
    EXPECT_NE(message(set, "matrix", Array{{2}, {1, 11}}), "accepted");
}

TEST(ParamSet, RefusesArraysWhoseShapeDoesNotFitTheirNumbers) {
    const ParamSet set = describe(fields());
    EXPECT_NE(message(set, "matrix", Array{{2, 2}, {1, 2, 3}}), "accepted");
    EXPECT_EQ(message(set, "matrix", Array{{}, {1}}), "accepted");
    EXPECT_EQ(message(set, "matrix", Array{{0}, {}}), "accepted");
    EXPECT_NE(message(set, "matrix", Array{}), "accepted") << "a number that is not there";
}

TEST(ParamSet, RefusesTextsWithLineBreaksAndImagesWithoutAPlace) {
    const ParamSet set = describe(fields());
    EXPECT_NE(message(set, "file", std::string("a\nb")), "accepted");
    EXPECT_NE(message(set, "image", ImageSource{"", 0, ""}), "accepted");
    EXPECT_NE(message(set, "image", ImageSource{"fashion-mnist-test", -1, ""}), "accepted");
    EXPECT_EQ(message(set, "image", ImageSource{"", 0, "picture.png"}), "accepted");
}

TEST(ParamSet, DescribesWhatEveryTypeAccepts) {
    const ParamSet set = describe(fields());
    EXPECT_EQ(accepted(set.at("on")), "true or false");
    EXPECT_EQ(accepted(set.at("count")), "a whole number from 1 to 10");
    EXPECT_EQ(accepted(set.at("scheme")), "one of systematic, multinomial");
    EXPECT_EQ(shown(set.at("matrix").value), "1 x 2 numbers");
    EXPECT_EQ(shown(set.at("image").value), "'fashion-mnist-test' number 0");
}

}  // namespace
}  // namespace drift
