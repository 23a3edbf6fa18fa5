#include "core/catalog.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace drift {
namespace {

constexpr Kind kinds[] = {Kind::Prior, Kind::Condition, Kind::Schedule, Kind::Sampler};

TEST(Catalog, HasItemsOfEveryKindSortedByKey) {
    for (const Kind kind : kinds) {
        EXPECT_FALSE(items(kind).empty()) << to_string(kind);
        EXPECT_TRUE(std::ranges::is_sorted(items(kind), {}, &Item::key)) << to_string(kind);
    }
}

TEST(Catalog, DescribesEveryItemAndParameter) {
    for (const Kind kind : kinds) {
        for (const Item& item : items(kind)) {
            EXPECT_FALSE(item.title.empty()) << item.key;
            EXPECT_FALSE(item.help.empty()) << item.key;
            std::set<std::string> keys = {"type"};
            for (const Param& param : item.params) {
                EXPECT_TRUE(keys.insert(param.key).second) << item.key << " has two parameters " << param.key;
                EXPECT_FALSE(param.title.empty()) << item.key << "." << param.key;
                EXPECT_FALSE(param.help.words.empty()) << item.key << "." << param.key;
                EXPECT_FALSE(param.help.formula.empty()) << item.key << "." << param.key;
                EXPECT_FALSE(param.help.effect.empty()) << item.key << "." << param.key;
                EXPECT_LT(param.range.min, param.range.max) << item.key << "." << param.key;
            }
        }
    }
}

TEST(Catalog, AcceptsTheDefaultsOfEveryParameter) {
    for (const Kind kind : kinds) {
        for (const Item& item : items(kind)) {
            Choice choice = default_choice(kind, item.key);
            for (const Param& param : item.params) {
                EXPECT_NO_THROW(choice.params.set(param.key, param.default_value)) << item.key << "." << param.key;
            }
            EXPECT_TRUE(same_values(choice, default_choice(kind, item.key)));
        }
    }
}

TEST(Catalog, LetsParametersDependOnValuesThatOthersMayHave) {
    for (const Kind kind : kinds) {
        for (const Item& item : items(kind)) {
            for (const Param& param : item.params) {
                EXPECT_NO_THROW(in_effect(item.params, param)) << item.key << "." << param.key;
                for (const AnyOf& any : param.only_with) {
                    EXPECT_FALSE(any.empty()) << item.key << "." << param.key << " never counts";
                    for (const Requirement& requirement : any) {
                        ParamSet set = item.params;
                        EXPECT_NE(requirement.key, param.key) << item.key;
                        const Value& value = set.at(requirement.key).value;
                        EXPECT_TRUE(!requirement.values.empty() || std::holds_alternative<double>(value) ||
                                    std::holds_alternative<int64_t>(value) || std::holds_alternative<Curve>(value))
                            << item.key << "." << param.key << ": " << requirement.key << " is no number";
                        for (const Value& wanted : requirement.values) {
                            EXPECT_NO_THROW(set.set(requirement.key, wanted)) << item.key << "." << param.key;
                        }
                    }
                }
            }
        }
    }
}

TEST(Catalog, RefusesAnUnknownTypeByNameWithTheListOfThoseThatThereAre) {
    try {
        item_at(Kind::Schedule, "edn");
        FAIL();
    } catch (const UserError& error) {
        const std::string text = error.what();
        EXPECT_TRUE(text.starts_with("'edn' is not a known type of schedule; accepted: ")) << text;
        EXPECT_NE(text.find("edm"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace drift
