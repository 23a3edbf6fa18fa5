#include "app/session.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace drift {
namespace {

Scenario first() {
    Scenario scenario;
    scenario.title = "first";
    scenario.seed = 1;
    return scenario;
}

TEST(Session, AGestureIsOneUndoStep) {
    Session session(first());
    for (uint64_t seed = 2; seed < 10; ++seed) {
        EXPECT_TRUE(session.edit(
            "seed", [&](Scenario& s) { s.seed = seed; }, seed == 9));
    }
    EXPECT_EQ(session.undo_size(), 1U);
    EXPECT_EQ(session.undo_name(), "seed");
    EXPECT_EQ(session.undo(), "seed");
    EXPECT_EQ(session.scenario().seed, 1U);
    EXPECT_EQ(session.redo(), "seed");
    EXPECT_EQ(session.scenario().seed, 9U);
}

TEST(Session, AGestureThatComesBackToItsStartLeavesNoUndoStep) {
    Session session(first());
    session.edit(
        "seed", [](Scenario& s) { s.seed = 5; }, false);
    session.edit(
        "seed", [](Scenario& s) { s.seed = 1; }, true);
    EXPECT_FALSE(session.can_undo());
    EXPECT_FALSE(session.dirty());
}

TEST(Session, AnotherNameEndsTheGestureBeforeIt) {
    Session session(first());
    session.edit(
        "seed", [](Scenario& s) { s.seed = 5; }, false);
    session.edit(
        "particles", [](Scenario& s) { s.particles = 64; }, false);
    EXPECT_EQ(session.undo(), "particles");
    EXPECT_EQ(session.scenario().seed, 5U);
    EXPECT_EQ(session.undo(), "seed");
    EXPECT_EQ(session.scenario().seed, 1U);
    EXPECT_EQ(session.undo(), "");
}

TEST(Session, AnEditThatChangesNothingIsNotRemembered) {
    Session session(first());
    const uint64_t revision = session.revision();
    EXPECT_FALSE(session.edit("seed", [](Scenario& s) { s.seed = 1; }));
    EXPECT_EQ(session.revision(), revision);
    EXPECT_FALSE(session.can_undo());
}

TEST(Session, ARefusedEditLeavesTheScenarioAsItWas) {
    Session session(first());
    EXPECT_THROW(session.edit("seed",
                              [](Scenario& s) {
                                  s.seed = 7;
                                  throw UserError("no");
                              }),
                 UserError);
    EXPECT_EQ(session.scenario().seed, 1U);
    EXPECT_FALSE(session.can_undo());
}

TEST(Session, AnotherScenarioIsAnUndoStepThatKeepsTheOldFile) {
    Session session(first(), "first.json");
    session.edit("seed", [](Scenario& s) { s.seed = 5; });
    Scenario second;
    second.title = "second";
    session.replace(second, "second.json");
    EXPECT_FALSE(session.dirty());
    EXPECT_EQ(session.undo(), "open second");
    EXPECT_EQ(session.path(), "first.json");
    EXPECT_EQ(session.scenario().seed, 5U);
    EXPECT_TRUE(session.dirty());
}

TEST(Session, AFileThatCannotBeReadChangesNothing) {
    const std::string path = ::testing::TempDir() + "driftscope_bad.json";
    std::ofstream(path) << "{ \"format\": \"driftscope-scenario\", ";
    Session session(first(), "first.json");
    EXPECT_THROW(session.open(path), UserError);
    EXPECT_EQ(session.path(), "first.json");
    EXPECT_EQ(session.scenario().title, "first");
    EXPECT_FALSE(session.can_undo());
    std::filesystem::remove(path);
}

TEST(Session, SavedInAnotherFolderStillFindsItsFiles) {
    const std::filesystem::path root = std::filesystem::path(::testing::TempDir()) / "driftscope_moved";
    std::filesystem::remove_all(root);
    std::filesystem::create_directories(root / "a");
    std::filesystem::create_directories(root / "b");
    std::ofstream(root / "a" / "own.weights") << "x";
    Scenario scenario = first();
    scenario.prior = default_choice(Kind::Prior, "gan");
    scenario.prior.params.set("weights", std::string("own.weights"));
    scenario.condition = default_choice(Kind::Condition, "none");
    scenario.sampler = default_choice(Kind::Sampler, "outsourced");
    scenario.folder = (root / "a").string();
    Session session(scenario, (root / "a" / "first.json").string());
    session.save((root / "b" / "second.json").string());
    const Scenario saved = load_scenario((root / "b" / "second.json").string());
    const std::string name = std::get<std::string>(saved.prior.params.at("weights").value);
    EXPECT_TRUE(std::filesystem::equivalent(root / "b" / name, root / "a" / "own.weights")) << name;
    EXPECT_TRUE(same_values(session.scenario(), saved)) << "what is run on is what was written";
    EXPECT_FALSE(session.dirty());
    session.save((root / "a" / "first.json").string());
    EXPECT_EQ(session.scenario().prior.params.at("weights").value, Value(std::string("own.weights"))) << "and back";
    std::filesystem::remove_all(root);
}

TEST(Session, UndoingAndDoingAgainIsTheIdentityForRandomEdits) {
    std::mt19937 random(4);  // any fixed seed
    Session session(first());
    std::vector<uint64_t> seeds{1};
    for (int i = 0; i < 200; ++i) {
        const uint64_t seed = 1 + random() % 5;
        const bool finished = random() % 3 == 0;
        session.edit(
            "edit " + std::to_string(random() % 4), [&](Scenario& s) { s.seed = seed; }, finished);
        if (random() % 5 == 0) {
            const uint64_t before = session.scenario().seed;
            if (!session.undo().empty()) {
                session.redo();
            }
            EXPECT_EQ(session.scenario().seed, before);
        }
    }
    session.finish();
    const uint64_t last = session.scenario().seed;
    size_t steps = 0;
    while (!session.undo().empty()) {
        ++steps;
    }
    EXPECT_EQ(session.scenario().seed, 1U);
    for (size_t i = 0; i < steps; ++i) {
        session.redo();
    }
    EXPECT_EQ(session.scenario().seed, last);
}

}  // namespace
}  // namespace drift
