// Fields that a runner computes for who looks at them.
#include "core/correction_field.h"
#include "support/listener.h"

#include <future>
#include <stdexcept>

namespace drift {
namespace {

using test::Listener;
using test::small;

// The panel that shows it asks; the worker computes, also once the run is over, and says that it did.
TEST(Runner, ComputesTheFieldOfAStateForWhoLooksAtIt) {
    Scenario scenario = small("rtb");
    set_value(scenario, "sampler.iterations", "2");
    set_value(scenario, "sampler.batch", "8");
    set_value(scenario, "sampler.steps", "4");
    RunOptions options;
    options.field = true;
    Runner runner([] {}, options);
    runner.post(Start{scenario, 1, false});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    const std::shared_ptr<const CorrectionField> field = listener.frames.at(3)->correction;
    const std::shared_ptr<const CorrectionField> other = listener.frames.at(4)->correction;
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field->known(), nullptr);
    runner.post(LookAtField{field});
    listener.wait(runner, [&](const Listener&) { return field->known() != nullptr; });
    EXPECT_EQ(field->known()->places.size(), 2 * 64U);
    EXPECT_EQ(other->known(), nullptr) << "nobody looked at it";
    EXPECT_TRUE(listener.summary.has_value());
}

std::shared_ptr<const CorrectionField> field_with(CorrectionField::Compute compute) {
    return std::make_shared<const CorrectionField>(std::move(compute), 0);
}

// A look waits for everything else, a newer one replaces it, and one that fails says so and stops nothing.
TEST(Runner, LooksOfFieldsWaitForEverythingElse) {
    int published = 0;  // counted on the thread of the runner, as is what follows
    int before_the_look = 0;
    int looked_early = 0;
    Runner runner([&] { ++published; });
    Listener listener;
    const auto early = field_with([&] { return ++looked_early, CorrectionNumbers{}; });
    const auto broken = field_with([]() -> CorrectionNumbers { throw std::runtime_error("no field here"); });
    const auto late = field_with([&] { return before_the_look = published, CorrectionNumbers{}; });
    std::promise<void> taken_up;
    std::promise<void> released;
    runner.post(LookAtField{field_with([&] {
        taken_up.set_value();
        released.get_future().wait();
        return CorrectionNumbers{};
    })});
    taken_up.get_future().wait();  // the worker is busy: what follows queues up
    runner.post(Start{small("tds"), 1, false});
    runner.post(LookAtField{early});
    runner.post(Adjust{small("tds"), 2});
    runner.post(LookAtField{late});
    runner.post(Adjust{small("tds"), 3});
    released.set_value();
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    listener.wait(runner, [&](const Listener&) { return late->known() != nullptr; });
    EXPECT_EQ(listener.revision, 3U);
    EXPECT_GE(before_the_look, 1 + 2 + 1) << "the look before, a beginning with its first state, and a change";
    EXPECT_EQ(looked_early, 0);
    runner.post(LookAtField{broken});
    listener.wait(runner, [&](const Listener&) { return !broken->failure().empty(); });
    EXPECT_NE(broken->failure().find("no field here"), std::string::npos);
    EXPECT_EQ(listener.error, "");
    EXPECT_TRUE(listener.summary.has_value()) << "a look takes nothing back";
}

}  // namespace
}  // namespace drift
