#include "gui_harness.h"

#include "app/window.h"

#include <gtest/gtest.h>

#include <hello_imgui/hello_imgui.h>
#include <imgui_impl_null.h>
#include <imgui_test_engine/imgui_te_engine.h>

#include <chrono>
#include <exception>
#include <string>
#include <thread>

namespace drift::test {

void Gui::wait_until(const std::function<bool()>& condition, const std::string& what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "did not come about within a minute: " << what;
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        hands.Yield();
    }
}

void Gui::wait_for_run() {
    hands.Yield(2);  // the edit is ordered at the begin of a frame
    wait_until(
        [this] {
            return !app.live().running() && !app.live().stale() && !app.live().preview_ordered() &&
                   !app.live().shown().empty();
        },
        "the end of the run");
}

void Gui::rest_at_the_end() {
    wait_for_run();
    app.view().playing = false;
    press(ImGuiKey_End);
    hands.Yield(3);
}

void Gui::rest_at(double step) {
    wait_for_run();
    app.view().playing = false;
    app.view().playhead = step;
    hands.Yield(4);
}

void Gui::choose_along(const std::vector<ImVec2>& places) {
    hands.KeyDown(ImGuiMod_Shift);
    hands.MouseMoveToPos(places.front());
    hands.Yield(2);
    hands.MouseDown();
    for (const ImVec2& place : places) {
        hands.MouseMoveToPos(place);
    }
    hands.MouseUp();
    hands.KeyUp(ImGuiMod_Shift);
    hands.Yield(3);
}

std::string Gui::last_toast() const {
    for (auto entry = app.log().entries().rbegin(); entry != app.log().entries().rend(); ++entry) {
        if (entry->toast) {
            return entry->text;
        }
    }
    return {};
}

void drive(const WindowOptions& given, const std::function<void(Gui&)>& script) {
    WindowOptions options = given;
    options.settings = false;
    Application application(options, [] {});
    HelloImGui::RunnerParams params = make_runner_params(application, options, false);
    params.platformBackendType = HelloImGui::PlatformBackendType::Null;
    params.rendererBackendType = HelloImGui::RendererBackendType::Null;
    params.useImGuiTestEngine = true;
    params.fpsIdling.enableIdling = false;
    params.fpsIdling.fpsMax = 0;
    // The null back end leaves textures and the context to us.
    params.callbacks.EnqueuePostInit([] { ImGui_ImplNullRender_Init(); });
    params.callbacks.BeforeExit_PostCleanup = [] { ImGui::DestroyContext(); };
    ImGuiTest* test = nullptr;
    params.callbacks.RegisterTests = [&] {
        ImGuiTestEngine* engine = HelloImGui::GetImGuiTestEngine();
        ImGuiTestEngineIO& io = ImGuiTestEngine_GetIO(engine);
        io.ConfigRunSpeed = ImGuiTestRunSpeed_Fast;  // Hello ImGui has set another
        io.ConfigLogToTTY = false;
        io.ConfigSavedSettings = false;
        // The engine counts sixty frames as a second, and here they take a millisecond: on a busy machine its minute is
        // over before a run is. Waiting has its own end.
        io.ConfigWatchdogWarning = io.ConfigWatchdogKillTest = 1e6F;
        io.ConfigVerboseLevel = ImGuiTestVerboseLevel_Warning;
        test = IM_REGISTER_TEST(engine, "window", "script");
        test->TestFunc = [&](ImGuiTestContext* hands) {
            Gui gui{*hands, application};
            try {
                script(gui);
            } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
            }
        };
        ImGuiTestEngine_QueueTest(engine, test, ImGuiTestRunFlags_RunFromCommandLine);
    };
    params.callbacks.AfterSwap = [&, before = params.callbacks.AfterSwap] {
        ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData());
        before();
        if (test != nullptr && ImGuiTestEngine_IsTestQueueEmpty(HelloImGui::GetImGuiTestEngine())) {
            HelloImGui::GetRunnerParams()->appShallExit = true;
        }
    };
    HelloImGui::Run(params);
    ASSERT_NE(test, nullptr);
    EXPECT_EQ(test->Output.Status, ImGuiTestStatus_Success)
        << "the script met an item that is not there; see the log above";
}

}  // namespace drift::test
