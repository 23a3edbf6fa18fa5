// One training for every observation, in the real window without a display: its measurement is dragged.
#include "short_trainings.h"

#include "app/gl/graphics.h"

#include <gtest/gtest.h>

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_test_engine/imgui_te_context.h>

#include <variant>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::opened;

constexpr int64_t iterations = 20;
constexpr int64_t steps = 6;

Scenario short_amortised() {
    Scenario scenario = load_scenario(asset_path("scenarios/trained_any_observation.json"));
    test::set_values(scenario, {{"sampler.iterations", std::to_string(iterations)},
                                {"sampler.report_every", "5"},
                                {"sampler.batch", "8"},
                                {"sampler.steps", std::to_string(steps)},
                                {"sampler.width", "8"}});
    scenario.particles = 40;
    return scenario;
}

double observation(Gui& gui) {
    return std::get<Array>(gui.app.session().scenario().condition.params.at("observation").value).data.at(0);
}

void drag_measurement(Gui& gui, float right) {
    gui.hands.SetRef("//Data");
    gui.hands.MouseMove("**/measurement");
    const ImVec2 grip = ImGui::GetIO().MousePos;
    gui.hands.MouseDown();
    gui.hands.MouseMoveToPos({grip.x + right / 2, grip.y});
    gui.hands.MouseMoveToPos({grip.x + right, grip.y});
    gui.hands.MouseUp();
    gui.hands.Yield(2);
}

TEST(AmortisedTraining, SamplesWithItsWeightsWhereTheMeasurementIsDraggedTo) {
    drive(opened(short_amortised(), "Training"), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        const double before = observation(gui);
        const Recording& shown = gui.app.live().shown();
        ASSERT_EQ(shown.at(shown.size() - 1)->training->iteration, iterations);
        drag_measurement(gui, 50);
        ASSERT_GT(observation(gui), before + 0.1);
        gui.wait_for_run();
        gui.hands.Yield(3);
        EXPECT_NEAR(shown.scene()->lines.at(0).y, observation(gui), 1e-5);
        ASSERT_EQ(shown.size(), steps + 1) << "the sampling alone";
        for (int64_t k = 0; k < shown.size(); ++k) {
            EXPECT_EQ(shown.at(k)->training->sampled, k);
            EXPECT_EQ(shown.at(k)->training->iteration, iterations) << "of the weights that it samples with";
        }
        const TrainingHistory& history = gui.app.graphics->training.history;
        EXPECT_EQ(history.loss.iteration, (std::vector<double>{5, 10, 15, 20})) << "the curves stay";
        EXPECT_EQ(history.sampled.iteration, (std::vector<double>{iterations}));
        EXPECT_TRUE(history.of_another_condition());
    });
}

}  // namespace
}  // namespace drift
