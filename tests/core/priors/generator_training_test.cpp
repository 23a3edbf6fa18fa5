// When the small generators are trained, and when they are not: for how long somebody waits, once for all runs, and
// never for a run that does not fit in memory.
#include "core/decoder.h"
#include "core/interruption.h"
#include "core/runner.h"
#include "support/generators.h"
#include "support/problems.h"

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <thread>

namespace drift {
namespace {

using test::generators::all_types;
using test::generators::choice_of;
using test::generators::largest;
using test::generators::noise;
using test::generators::prior;
using test::generators::Values;

TEST(GeneratorTraining, AreTrainedOnceForAllRunsWithTheSameSettings) {
    const Values slow{{"iterations", int64_t{200}}, {"seed", int64_t{77}}};
    const torch::Tensor x = prior("cnf", slow)->decoder()->decode(noise(9));
    const Interruptible never([] { return true; });
    EXPECT_TRUE(torch::equal(prior("cnf", slow)->decoder()->decode(noise(9)), x));
    Values other = slow;
    other.emplace_back("ode_steps", int64_t{9});  // no part of what is learned
    EXPECT_LT(largest(prior("cnf", other)->decoder()->decode(noise(9)) - x), 0.1);
    other.back() = {"learning_rate", 1e-3};
    EXPECT_THROW(prior("cnf", other), Interrupted);
}

TEST(GeneratorTraining, AreNotTrainedForARunThatDoesNotFitInMemory) {
    Scenario scenario = test::scenario("gaussian", "none", "outsourced");
    scenario.prior = choice_of("cnf", {{"iterations", int64_t{1'000'000}}, {"ode_steps", int64_t{1000}}});
    scenario.particles = max_particles;
    const Interruptible never([] { return true; });  // a training would be interrupted at once
    try {
        const drift::Run run(scenario);
        FAIL() << "320 GB were promised";
    } catch (const UserError& error) {
        const std::string text = error.what();
        EXPECT_EQ(text.find("'particles' is 10000000, which needs about "), 0U) << text;
    }
    scenario.particles = 10;
    EXPECT_THROW(drift::Run{scenario}, Interrupted) << "what fits is trained";
}

TEST(GeneratorTraining, CountTheMemoryOfTheirTraining) {
    for (const std::string& type : all_types) {
        const auto bytes = [&type](int64_t batch, int64_t width) {
            return outline_of_generator(choice_of(type, {{"batch", batch}, {"width", width}}))->training_bytes;
        };
        EXPECT_GT(bytes(65536, 512) - bytes(256, 512), 65280.0 * 2 * 512 * 4 * 2) << type << ": values of the layers";
        EXPECT_GT(bytes(2, 512) - bytes(2, 4), 6.0 * 512 * 512 * 4) << type << ": weights and what Adam knows of them";
        Choice done = choice_of(type);
        done.params.set("weights", std::string("w"));
        EXPECT_FALSE(outline_of_generator(done)) << type << ": nothing is trained";
    }
    const Choice small = choice_of("cnf", {{"iterations", int64_t{3}}, {"seed", int64_t{78}}});
    EXPECT_GT(outline_of_generator(small)->training_bytes, 0);
    make<Prior>(small, MakeContext{});
    EXPECT_EQ(outline_of_generator(small)->training_bytes, 0) << "that is over";
    EXPECT_FALSE(outline_of_generator(default_choice(Kind::Prior, "gaussian")));
}

// A training that nobody waits for any more ends at once, be it for another scenario or for good.
TEST(GeneratorTraining, MakeWayForTheNextRun) {
    Scenario endless = test::scenario("gaussian", "none", "latent_pnp");
    endless.prior = choice_of("cnf", {{"iterations", int64_t{1'000'000}}});
    endless.sampler = default_choice(Kind::Sampler, "outsourced");
    Scenario quick = test::scenario("gaussian", "none", "reverse_diffusion");
    quick.particles = 10;
    Runner runner(nullptr);
    runner.post(Start{endless, 1});
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    runner.post(Start{quick, 2});
    for (News news = runner.take_news(); !news.summary; news = runner.take_news()) {
        ASSERT_EQ(news.error, "");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    runner.post(Start{endless, 3});
}

TEST(GeneratorTraining, SayHowFarTheyAreAndArePausedWithinAnIteration) {
    Scenario endless = test::scenario("gaussian", "none", "outsourced");
    endless.prior = choice_of("cnf", {{"iterations", int64_t{1'000'000}}, {"seed", int64_t{80}}});
    Runner runner(nullptr);
    SetUpProgress progress;
    const auto listen = [&](const std::function<bool()>& enough) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!enough()) {
            ASSERT_LT(std::chrono::steady_clock::now(), until) << "no news of the training";
            if (const News news = runner.take_news(); news.set_up) {
                progress = *news.set_up;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    runner.post(Start{endless, 1});
    listen([&] { return progress.done > 0; });
    EXPECT_EQ(progress.all, 1'000'000);
    EXPECT_GT(progress.seconds, 0);
    EXPECT_GT(progress.seconds_left(), progress.seconds);
    runner.post(Play{false});
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // more than an iteration
    runner.take_news();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_FALSE(runner.take_news().set_up) << "it went on";
    const int64_t rested = progress.done;
    runner.post(Play{true});
    listen([&] { return progress.done > rested + 100; });
    runner.post(Play{false});
    Scenario quick = test::scenario("gaussian", "none", "reverse_diffusion");
    quick.particles = 10;
    runner.post(Start{quick, 2});  // whoever rests makes way, too
    bool finished = false;
    listen([&] { return finished = finished || runner.take_news().summary.has_value(); });
    runner.post(Start{endless, 3});
    runner.post(Play{false});  // and ends with the runner
}

// Both are in the queue when the worker looks: on its own thread, nothing is taken in between.
TEST(GeneratorTraining, MakeWayForAChangeThatCameWithTheirStart) {
    Scenario endless = test::scenario("gaussian", "none", "outsourced");
    endless.prior = choice_of("cnf", {{"iterations", int64_t{1'000'000}}});
    Scenario quick = test::scenario("gaussian", "none", "reverse_diffusion");
    quick.particles = 10;
    Scenario other = quick;
    other.particles = 20;
    std::optional<Runner> runner;
    std::promise<uint64_t> finished;
    int told = 0;
    runner.emplace([&] {
        const News news = runner->take_news();
        if (++told == 1) {
            runner->post(Start{endless, 2});
            runner->post(Adjust{other, 3});
        }
        if (news.summary) {
            finished.set_value(news.revision);
        }
    });
    runner->post(Start{quick, 1});
    auto last = finished.get_future();
    const bool done = last.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
    runner.reset();
    ASSERT_TRUE(done) << "the training that nobody wants goes on";
    EXPECT_EQ(last.get(), 3U);
}

// Edits come faster than the training could begin anew.
TEST(GeneratorTraining, GoOnTrainingThroughEditsOfOtherThings) {
    Scenario scenario = test::scenario("gaussian", "none", "outsourced");
    scenario.prior = choice_of("cnf", {{"iterations", int64_t{1500}}, {"seed", int64_t{79}}});
    set_value(scenario, "sampler.iterations", "1");
    set_value(scenario, "sampler.batch", "4");
    scenario.particles = 10;
    uint64_t revision = 1;
    Runner runner(nullptr);
    runner.post(Start{scenario, revision});
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (News news = runner.take_news(); news.scene == nullptr; news = runner.take_news()) {
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "the training begins again and again";
        ASSERT_EQ(news.error, "");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ++scenario.particles;
        set_value(scenario, "prior.ode_steps", std::to_string(5 + revision % 2));  // not learned either
        runner.post(Adjust{scenario, ++revision});
    }
}

TEST(GeneratorTraining, KnowWhichOfThemTrainTheSame) {
    const Choice one = choice_of("cnf");
    EXPECT_TRUE(trains_the_same(one, one));
    EXPECT_TRUE(trains_the_same(one, choice_of("cnf", {{"ode_steps", int64_t{3}}})));
    EXPECT_FALSE(trains_the_same(one, choice_of("cnf", {{"width", int64_t{17}}})));
    EXPECT_FALSE(trains_the_same(one, choice_of("gan")));
    EXPECT_FALSE(trains_the_same(one, default_choice(Kind::Prior, "gaussian")));
    const Choice given = choice_of("cnf", {{"weights", std::string("w")}});
    EXPECT_FALSE(trains_the_same(one, given));
    EXPECT_FALSE(trains_the_same(given, given)) << "nothing is trained";
}

}  // namespace
}  // namespace drift
