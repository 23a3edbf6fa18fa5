#include "app/app.h"

#include "app/application.h"
#include "app/capture.h"
#include "app/paths.h"
#include "app/phases.h"
#include "app/playback.h"
#include "app/window.h"

#include "core/error.h"
#include "core/text.h"

#include <hello_imgui/hello_imgui.h>

#include <GLFW/glfw3.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace drift {
namespace {

Application* drop_target = nullptr;  // GLFW's callback carries no pointer of ours

void on_drop(GLFWwindow*, int count, const char** paths) {
    if (drop_target != nullptr && count > 0) {
        drop_target->drop_files({paths, paths + count});
        HelloImGui::RequestRefresh();
    }
}

/// Fails in one sentence where a window cannot be opened, instead of deep inside a library.
void check_display() {
    glfwSetErrorCallback([](int, const char*) {});
    if (glfwInit() == GLFW_FALSE) {
        throw UserError(
            "No display could be opened; run in a desktop session or under xvfb-run, or use `driftscope run FILE --out "
            "DIR` for numbers and `xvfb-run driftscope shot FILE --out PNG` for a picture.");
    }
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
    GLFWwindow* probe = glfwCreateWindow(64, 64, "Driftscope", nullptr, nullptr);
    if (probe == nullptr) {
        throw UserError(
            "This display offers no OpenGL 3.3; use `driftscope run FILE --out DIR`, or install a software renderer "
            "(Mesa) and try again.");
    }
    glfwDestroyWindow(probe);
    glfwDefaultWindowHints();
}

void save_picture_when_wanted(Application& application, std::unique_ptr<Capture>& capture, bool begin) {
    if (begin && application.wants_picture) {
        const ImGuiIO& io = ImGui::GetIO();
        capture = std::make_unique<Capture>(static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
                                            static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
        capture->begin();
    } else if (!begin && capture) {
        const Picture picture = capture->finish();
        capture.reset();
        application.wants_picture = false;
        const std::string path = application.next_picture();
        try {
            write_png(picture, path);
            application.log().toast(Level::Good, "Saved the window as " + path + ".");
        } catch (const UserError& error) {
            application.log().toast(Level::Error, error.what());
        }
    }
}

/// What a screenshot waits for, frame by frame.
struct Shot {
    int64_t step = -1;
    std::string phase;
    std::string refusal = {};  // why there is no such picture
    int settled = 0;
    std::unique_ptr<Capture> capture;
    Picture picture;

    static constexpr int frames_to_settle = 12;  // docking, plots that fit their axes, fonts

    /// Called in each frame before the panels are drawn.
    void advance(Application& application) {
        const Recording& recording = application.live().shown();
        const bool done = !application.live().running() && !application.live().stale();
        // What a resampling did is seen in the next state.
        const int64_t needed = step + (phase == "Resample" || phase == "Move" ? 1 : 0);
        const bool there = step >= 0 && recording.size() > needed && !application.live().stale();
        if ((done || there) && application.live().error().empty()) {
            refusal = refused(recording);
            application.wants_exit = !refusal.empty();
        }
        if ((done || there) && refusal.empty()) {
            application.view().playing = false;
            application.view().playhead = static_cast<double>(step >= 0 ? step : recording.size());
            show_phase(application);
            ++settled;
            if (ready() && !application.view().focus_part.empty()) {
                refusal = "'--part' is " + in_quotes(application.view().focus_part) +
                          " but no panel in this picture has a tab or choice of that name.";
                application.wants_exit = true;
            }
        }
    }
    /// Of a recording that is as long as it gets, or reaches the step.
    std::string refused(const Recording& recording) const {
        const int64_t last = recording.size() - 1;
        if (step > last) {
            return "'--step' is " + std::to_string(step) + " but this run has the steps 0 to " + std::to_string(last) +
                   ".";
        }
        const int64_t shown = step >= 0 ? step : last;
        std::string accepted;
        for (const Phase each : phases_at(recording, shown)) {
            if (phase.empty() || phase == phase_name(each)) {
                return {};
            }
            accepted += (accepted.empty() ? "" : ", ") + std::string(phase_name(each));
        }
        return phase.empty() ? ""
                             : "'--phase' is " + in_quotes(phase) + " but step " + std::to_string(shown) +
                                   " of this run has " + (accepted.empty() ? "no phases" : "only " + accepted) + ".";
    }
    /// Three quarters through the phase: there is something to be seen in all of them.
    void show_phase(Application& application) const {
        if (application.live().shown().empty()) {
            return;  // the scenario was refused: there is no step to open
        }
        View& view = application.view();
        for (const Phase wanted : {Phase::Propagate, Phase::Weight, Phase::Resample, Phase::Move}) {
            if (phase == phase_name(wanted)) {
                view.phase = wanted;
                view.phase_step = step >= 0 ? step : application.live().shown().size() - 1;
                view.phase_progress = 0.75;
            }
        }
    }
    bool waiting() const { return settled == 0; }
    bool ready() const { return settled >= frames_to_settle; }
};

}  // namespace

int open_window(const WindowOptions& given) {
    std::setlocale(LC_NUMERIC, "C");
    WindowOptions options = given;
    if (const char* seconds = std::getenv("DRIFT_RUN_FOR")) {
        options.run_for = std::atof(seconds);
    }
    if (const std::string folder = options.settings ? data_folder() : std::string{}; !folder.empty()) {
        options.trainings = folder + "/trainings";
    }
    check_display();
    Application application(options, [] { HelloImGui::RequestRefresh(); });
    HelloImGui::RunnerParams params = make_runner_params(application, options, true);
    std::unique_ptr<Capture> capture;
    params.callbacks.EnqueuePostInit([&] {
        drop_target = &application;
        glfwSetDropCallback(static_cast<GLFWwindow*>(params.backendPointers.glfwWindow), on_drop);
    });
    params.callbacks.BeforeImGuiRender = [&application, &capture, before = params.callbacks.BeforeImGuiRender] {
        before();
        save_picture_when_wanted(application, capture, true);
    };
    params.callbacks.BeforeSwap = [&application, &capture] { save_picture_when_wanted(application, capture, false); };
    HelloImGui::Run(params);
    drop_target = nullptr;
    if (options.frame_times || std::getenv("DRIFT_FRAME_TIMES") != nullptr) {
        std::printf("%s\n", application.frame_times().report().c_str());
    }
    return 0;
}

int take_screenshot(const WindowOptions& given, const std::string& png, int64_t step) {
    std::setlocale(LC_NUMERIC, "C");
    check_display();
    WindowOptions options = given;
    options.hidden = true;
    options.settings = false;
    Application application(options, [] { HelloImGui::RequestRefresh(); });
    HelloImGui::RunnerParams params = make_runner_params(application, options, true);
    Shot shot{step, options.phase, {}, 0, nullptr, {}};
    params.fpsIdling.enableIdling = false;
    params.callbacks.PreNewFrame = [&, before = params.callbacks.PreNewFrame] {
        before();
        shot.advance(application);
        params.fpsIdling.fpsMax = shot.waiting() ? 5 : 0;  // the cores belong to the sampler until it is done
    };
    params.callbacks.BeforeImGuiRender = [&, before = params.callbacks.BeforeImGuiRender] {
        before();
        if (shot.ready() && !application.memory().unfinished && !application.memory().awaiting) {
            shot.capture = std::make_unique<Capture>(options.width, options.height);
            shot.capture->begin();
        }
    };
    params.callbacks.BeforeSwap = [&] {
        if (shot.capture) {
            shot.picture = shot.capture->finish();
            shot.capture.reset();
            application.wants_exit = true;
        }
    };
    HelloImGui::Run(params);
    if (application.live().shown().empty()) {
        const std::string& reason = application.live().error();
        throw UserError(reason.empty() ? "The scenario gave no picture." : reason);
    }
    if (!shot.refusal.empty()) {
        throw UserError(shot.refusal);
    }
    write_png(shot.picture, png);
    if (!application.live().error().empty()) {
        throw RunError(application.live().error());
    }
    return 0;
}

}  // namespace drift
