#include "core/scenario_files.h"

#include "core/terms.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace drift {
namespace {

namespace fs = std::filesystem;

class ScenarioFiles : public ::testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(root_);
        fs::create_directories(root_ / "a" / "inner");
        fs::create_directories(root_ / "b" / "deep");
        for (const char* name : {"net.weights", "inner/picture.png", "judge.weights", "data.npy"}) {
            std::ofstream(root_ / "a" / name) << "x";
        }
    }
    void TearDown() override { fs::remove_all(root_); }

    Scenario in_a() const {
        Scenario scenario;
        scenario.prior = default_choice(Kind::Prior, "diffusion");
        scenario.condition = default_choice(Kind::Condition, "sum");
        scenario.schedule = default_choice(Kind::Schedule, "edm");
        scenario.sampler = default_choice(Kind::Sampler, "rtb");
        scenario.folder = (root_ / "a").string();
        return scenario;
    }
    static std::string text(const Choice& choice, const std::string& key) {
        return std::get<std::string>(choice.params.at(key).value);
    }
    void expect_file(const Scenario& scenario, const std::string& name, const std::string& file) const {
        EXPECT_TRUE(fs::equivalent(fs::path(scenario.folder) / name, root_ / "a" / file)) << name;
    }

    const fs::path root_ =
        fs::path(::testing::TempDir()) /
        ("drift_files_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(ScenarioFiles, AreReachedFromAnotherFolder) {
    Scenario scenario = in_a();
    scenario.prior.params.set("weights", std::string("net.weights"));
    Choice judge = default_choice(Kind::Condition, "class");
    judge.params.set("weights", std::string("judge.weights"));
    Choice blur = default_choice(Kind::Condition, "blur");
    blur.params.set("image", ImageSource{.dataset = "", .index = 0, .file = "inner/picture.png"});
    scenario.condition.params.set("terms", terms_of({{judge, 1.0}, {blur, 0.5}}));
    scenario.sampler.params.set("data", std::string("./data.npy"));
    const Scenario moved = moved_to(scenario, (root_ / "b" / "deep").string());
    EXPECT_EQ(moved.folder, (root_ / "b" / "deep").string());
    expect_file(moved, text(moved.prior, "weights"), "net.weights");
    expect_file(moved, text(moved.sampler, "data"), "data.npy");
    const auto& terms = list_of(std::get<Terms>(moved.condition.params.at("terms").value));
    ASSERT_EQ(terms.size(), 2U);
    EXPECT_EQ(terms[1].weight, 0.5);
    expect_file(moved, text(terms[0].condition, "weights"), "judge.weights");
    expect_file(moved, std::get<ImageSource>(terms[1].condition.params.at("image").value).file, "inner/picture.png");
    EXPECT_TRUE(same_values(moved_to(moved, scenario.folder).prior, scenario.prior)) << "and back";
}

// A run goes on where its scenario was saved elsewhere, and not where other files have the same names.
TEST_F(ScenarioFiles, AreTheSameForARunHoweverTheyAreReached) {
    Scenario before = in_a();
    before.prior.params.set("weights", std::string("net.weights"));
    const Scenario moved = moved_to(before, (root_ / "b" / "deep").string());
    EXPECT_NE(text(moved.prior, "weights"), "net.weights");
    EXPECT_TRUE(only_live_changes(before, moved));
    std::ofstream(root_ / "b" / "net.weights") << "another";
    Scenario elsewhere = before;
    elsewhere.folder = (root_ / "b").string();
    EXPECT_FALSE(only_live_changes(before, elsewhere));
}

TEST_F(ScenarioFiles, ThatAreNotThereAndWholePathsAreLeftAlone) {
    Scenario scenario = in_a();
    scenario.prior.params.set("weights", std::string("fashion_diffusion.weights"));  // comes with the program
    scenario.sampler.params.set("checkpoint", std::string("to_be_written"));
    scenario.sampler.params.set("weights", (root_ / "a" / "net.weights").string());
    const Scenario moved = moved_to(scenario, (root_ / "b").string());
    EXPECT_TRUE(same_values(moved, scenario));
    EXPECT_TRUE(same_values(moved_to(scenario, scenario.folder + "/"), scenario)) << "the same folder";
}

TEST_F(ScenarioFiles, AreReachedThroughLinksAndFromTheFolderOfTheProgram) {
    fs::create_directories(root_ / "far" / "farther");
    fs::create_directory_symlink(root_ / "far" / "farther", root_ / "link");
    Scenario scenario = in_a();
    scenario.prior.params.set("weights", std::string("net.weights"));
    const Scenario moved = moved_to(scenario, (root_ / "link").string());
    expect_file(moved, text(moved.prior, "weights"), "net.weights");
    const Scenario here = moved_to(scenario, "");
    EXPECT_TRUE(fs::equivalent(text(here.prior, "weights"), root_ / "a" / "net.weights"));
}

// What may be anything is taken for the name of a file: whoever adds such a text sees here that it is not one.
TEST_F(ScenarioFiles, AreAllTextsThatMayBeAnything) {
    const std::set<std::string> files = {"weights", "file", "data", "checkpoint"};
    for (const Kind kind : {Kind::Prior, Kind::Condition, Kind::Schedule, Kind::Sampler}) {
        for (const Item& item : items(kind)) {
            for (const Param& param : item.params) {
                if (std::holds_alternative<std::string>(param.value) && param.options.empty()) {
                    EXPECT_TRUE(files.contains(param.key)) << item.key << "." << param.key;
                }
            }
        }
    }
}

}  // namespace
}  // namespace drift
