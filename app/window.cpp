#include "app/window.h"

#include "app/capture.h"
#include "app/learning.h"
#include "app/paths.h"
#include "app/resampling_rule.h"
#include "app/shortcuts.h"
#include "app/theme.h"
#include "core/space.h"

#include <hello_imgui/hello_imgui_include_opengl.h>
#include <imgui_internal.h>
#include <implot.h>
#include <nlohmann/json.hpp>

#include <GLFW/glfw3.h>

#include <algorithm>
#include <clocale>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

using HelloImGui::DockingSplit;
using HelloImGui::RunnerParams;

constexpr float type_px = 17;
constexpr char settings_name[] = "driftscope";
constexpr float sampling_redraws = 30;  // a second, where drawing takes from the sampler
constexpr float idle_redraws = 0.02F;   // a second: Hello ImGui needs some number

/// A window that the saved layout knows nothing of, because an older version saved it, goes beside the picture. Once:
/// the user may take it out of there.
void dock_unknown(Application& application) {
    const ImGuiWindow* window = ImGui::GetCurrentWindow();
    const ImGuiWindow* picture = ImGui::FindWindowByName("Data");
    if (window->DockId != 0 || picture == nullptr || picture->DockId == 0 ||
        ImGui::FindWindowSettingsByID(window->ID) != nullptr ||
        !application.memory().docked.insert(window->Name).second) {
        return;
    }
    ImGui::DockBuilderDockWindow(window->Name, picture->DockId);
    application.view().focus_panel = "Data";
}

/// A layout: how the window is divided, and what goes where, in the order of the tabs. All panels that are named
/// nowhere go where the list is empty.
struct Plan {
    const char* name;
    std::vector<DockingSplit> splits;
    std::vector<std::pair<const char*, std::vector<const char*>>> spaces;
};

const std::vector<Plan>& plans() {
    static const std::vector<Plan> all{
        // For looking: problem and method on the left, numbers and schedules on the right, time along the foot; the
        // rest, the largest part, is the picture. The editor has a column's height, because what the schedule did is
        // drawn below it.
        {"Explore",
         {{"MainDockSpace", "Right", ImGuiDir_Right, 0.29F},
          {"Right", "RightLow", ImGuiDir_Down, 0.505F},
          {"MainDockSpace", "Foot", ImGuiDir_Down, 0.28F},
          {"MainDockSpace", "Left", ImGuiDir_Left, 0.33F},
          {"Left", "LeftLow", ImGuiDir_Down, 0.5F}},
         {{"Left", {"Scenario"}},
          {"LeftLow", {"Method"}},
          {"MainDockSpace", {}},
          {"RightLow", {"Schedule", "Rewards", "Training"}},
          {"Right", {"Numbers"}},
          {"Foot", {"Time", "Log"}}}},
        // For bending schedules: the editor beside the picture, both large.
        {"Tune",
         {{"MainDockSpace", "Foot", ImGuiDir_Down, 0.24F},
          {"MainDockSpace", "Left", ImGuiDir_Left, 0.24F},
          {"MainDockSpace", "Right", ImGuiDir_Right, 0.5F}},
         {{"Left", {"Method", "Scenario", "Numbers"}},
          {"MainDockSpace", {}},
          {"Right", {"Schedule", "Rewards", "Training"}},
          {"Foot", {"Time", "Log"}}}},
        // For weights and descent: the picture beside the family tree, with weights and single resamplings below that.
        {"Ancestry",
         {{"MainDockSpace", "Foot", ImGuiDir_Down, 0.24F},
          {"MainDockSpace", "Left", ImGuiDir_Left, 0.22F},
          {"MainDockSpace", "Right", ImGuiDir_Right, 0.5F},
          {"Right", "RightLow", ImGuiDir_Down, 0.45F}},
         {{"Left", {"Scenario", "Method", "Numbers"}},
          {"MainDockSpace", {}},
          {"Right", {"Genealogy"}},
          {"RightLow", {"Weights", "Resampling", "Schedule", "Rewards", "Training"}},
          {"Foot", {"Time", "Log"}}}},
        // For samplers that learn: the picture beside the training, both large.
        {"Train",
         {{"MainDockSpace", "Foot", ImGuiDir_Down, 0.24F},
          {"MainDockSpace", "Left", ImGuiDir_Left, 0.235F},
          {"MainDockSpace", "Right", ImGuiDir_Right, 0.5F}},
         {{"Left", {"Method", "Scenario", "Numbers"}},
          {"MainDockSpace", {}},
          {"Right", {"Training", "Schedule", "Resampling"}},
          {"Foot", {"Time", "Rewards", "Log"}}}},
        // For maps from noise to data: both spaces side by side, time and training below them, and in the place of the
        // training what was learned.
        {"Twin",
         {{"MainDockSpace", "Foot", ImGuiDir_Down, 0.45F},
          {"Foot", "FootRight", ImGuiDir_Right, 0.53F},
          {"MainDockSpace", "Left", ImGuiDir_Left, 0.235F},
          {"MainDockSpace", "Right", ImGuiDir_Right, 0.5F}},
         {{"Left", {"Scenario", "Method", "Numbers"}},
          {"MainDockSpace", {"Noise"}},
          {"Right", {}},
          {"Foot", {"Time", "Log"}},
          {"FootRight", {"Training", "Field", "Schedule", "Rewards"}}}}};
    return all;
}

void add_panel(Application& application, const std::string& panel, const char* space,
               HelloImGui::DockingParams& layout) {
    HelloImGui::DockableWindow window(panel, space, [&application, panel] {
        dock_unknown(application);
        application.draw_panel(panel);
    });
    window.canBeClosed = panel != "Data";
    layout.dockableWindows.push_back(window);
}

/// The panels that the plan does not name.
std::vector<std::string> others(const Plan& plan) {
    std::vector<std::string> left = Application::panel_names();
    for (const auto& space : plan.spaces) {
        for (const char* panel : space.second) {
            std::erase(left, panel);
        }
    }
    return left;
}

HelloImGui::DockingParams make_layout(Application& application, const Plan& plan) {
    HelloImGui::DockingParams layout;
    layout.layoutName = plan.name;
    layout.mainDockSpaceNodeFlags =
        static_cast<ImGuiDockNodeFlags>(ImGuiDockNodeFlags_NoCloseButton);  // tabs have one each
    layout.dockingSplits = plan.splits;
    for (const auto& [space, named] : plan.spaces) {
        const std::vector<std::string> panels =
            named.empty() ? others(plan) : std::vector<std::string>(named.begin(), named.end());
        for (const std::string& panel : panels) {
            add_panel(application, panel, space, layout);
        }
    }
    return layout;
}

void load_font() {
    ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
    const std::string path = font_path("DroidSans.ttf");
    if (path.empty() || fonts.AddFontFromFileTTF(path.c_str(), type_px) == nullptr) {
        fonts.AddFontDefaultVector();
        ImGui::GetStyle().FontSizeBase = type_px;
    }
}

void load_settings(Application& application) {
    const auto json = nlohmann::json::parse(HelloImGui::LoadUserPref(settings_name), nullptr, false);
    if (!json.is_object()) {
        return;
    }
    View& view = application.view();
    view.light = json.value("light", view.light);
    view.type_size = std::clamp(json.value("type_size", 1.0), 0.8, 2.5);
    view.speed = std::clamp(json.value("speed", 20.0), 1.0, 1000.0);
    for (const auto& path : json.value("recent", nlohmann::json::array())) {
        if (path.is_string()) {
            application.recent_files().push_back(path.get<std::string>());
        }
    }
}

void save_settings(Application& application) {
    const View& view = application.view();
    const nlohmann::json json{{"light", view.light},
                              {"type_size", view.type_size},
                              {"speed", view.speed},
                              {"recent", application.recent_files()}};
    HelloImGui::SaveUserPref(settings_name, json.dump());
}

void start_gl(Application& application) {
    const auto* renderer = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    const std::string name = renderer == nullptr ? "" : renderer;
    for (const char* software : {"llvmpipe", "softpipe", "SwiftShader", "Software"}) {
        if (name.find(software) != std::string::npos) {
            application.draw_in_software();
        }
    }
    application.log().add(Level::Info, "OpenGL on " + name + (application.view().low_fill ? ", in software." : "."));
}

/// Where a method is seen best: both spaces beside each other, the picture beside the family tree of particles that are
/// drawn anew all the time or beside the training of a method that learns, or as the window opens at first.
std::string usual_layout(const Scenario& scenario) {
    if (space_of(scenario.sampler.params).noise()) {
        return "Twin";
    }
    if (resamples_always(scenario.sampler)) {
        return "Ancestry";
    }
    return learns(scenario.sampler) ? "Train" : plans().front().name;
}

/// The panel that this layout is to have in front.
std::string usual_panel(const Scenario& scenario) {
    if (learns(scenario.sampler)) {
        return "Training";
    }
    if (space_of(scenario.sampler.params).noise()) {
        return "Schedule";
    }
    return resamples_always(scenario.sampler) ? "Genealogy" : "";
}

/// A scenario has been opened in a layout that would hide what it is about.
void suit_layout(Application& application) {
    const Scenario& scenario = application.session().scenario();
    const std::string panel = usual_panel(scenario);
    if (!std::exchange(application.scenario_opened, false) || panel.empty()) {
        return;
    }
    const std::string usual = usual_layout(scenario);
    if (HelloImGui::GetRunnerParams()->dockingParams.layoutName != usual) {
        HelloImGui::SwitchLayout(usual);
    }
    application.view().focus_panel = panel;
}

/// When the next redraw comes: see Application::next_redraw(). What panels ask for holds for one frame, so that one
/// that is not drawn any more asks for nothing.
void set_pace(Application& application, double run_for) {
    HelloImGui::FpsIdling& pace = HelloImGui::GetRunnerParams()->fpsIdling;
    const double of_panels = std::exchange(application.memory().redraw_in, std::numeric_limits<double>::infinity());
    double due = std::min(application.next_redraw(), of_panels);
    if (run_for > 0) {
        due = std::min(due, std::max(run_for - Log::now(), 0.01));
    }
    if (due <= 0) {
        HelloImGui::RequestRefresh();
    }
    pace.fpsIdle = std::isfinite(due) && due > 0 ? static_cast<float>(1 / due) : idle_redraws;
}

void begin_frame(Application& application) {
    RunnerParams& params = *HelloImGui::GetRunnerParams();
    std::setlocale(LC_NUMERIC, "C");  // numbers with a point, whatever a library has set
    application.begin_frame();
    const bool share = application.view().low_fill && application.live().running();
    params.fpsIdling.fpsMax = share ? sampling_redraws : 60;
    if (application.theme_changed) {
        apply_theme(application.view());
        application.theme_changed = false;
    }
    if (application.layout_reset) {
        params.dockingParams.layoutReset = true;
        application.layout_reset = false;
        application.view().focus_panel = "Data";
    }
    if (application.view().focus_schedule) {
        params.dockingParams.focusDockableWindow("Schedule");
        application.view().focus_schedule = false;
    }
    if (std::string& panel = application.view().focus_panel; !panel.empty()) {
        params.dockingParams.focusDockableWindow(panel);
        panel.clear();
    }
    suit_layout(application);  // last: what it brings to the front comes there in the new layout
}

void draw_layout_menu(Application& application) {
    if (ImGui::BeginMenu("Panels")) {
        RunnerParams& params = *HelloImGui::GetRunnerParams();
        for (const std::string& name : layout_names()) {
            if (ImGui::MenuItem(("Layout: " + name).c_str(), nullptr, params.dockingParams.layoutName == name)) {
                HelloImGui::SwitchLayout(name);
                application.view().focus_panel = "Data";  // and not the last panel that was docked there
            }
        }
        ImGui::Separator();
        for (HelloImGui::DockableWindow& window : params.dockingParams.dockableWindows) {
            ImGui::MenuItem(window.label.c_str(), nullptr, &window.isVisible, window.canBeClosed);
        }
        ImGui::EndMenu();
    }
}

void set_callbacks(RunnerParams& params, Application& application, const WindowOptions& options, bool gl) {
    HelloImGui::RunnerCallbacks& on = params.callbacks;
    on.LoadAdditionalFonts = load_font;
    on.SetupImGuiConfig = [] {
        ImGuiIO& io = ImGui::GetIO();
        io.ConfigFlags |= ImGuiConfigFlags_DockingEnable | ImGuiConfigFlags_NavEnableKeyboard;
        io.ConfigWindowsMoveFromTitleBarOnly = true;
    };
    on.SetupImGuiStyle = [&application] {
        ImGui::GetStyle().FontSizeBase = type_px;
        application.theme_changed = true;
    };
    on.PostInit = [&application, options, gl] {
        ImPlot::CreateContext();
        if (options.settings) {
            load_settings(application);
        }
        if (gl) {
            start_gl(application);
        }
        application.graphics = make_graphics(gl);
    };
    on.BeforeExit = [&application, options] {
        if (options.settings) {
            save_settings(application);
        }
        application.graphics.reset();
        ImPlot::DestroyContext();
    };
    on.ConfirmExit = [&application] { return application.may_exit(); };
    on.PreNewFrame = [&application] { begin_frame(application); };
    on.ShowMenus = [&application] {
        application.draw_menus();
        draw_layout_menu(application);
    };
    on.ShowStatus = [&application] { application.draw_status(); };
    on.PostRenderDockableWindows = [&application] { application.draw_overlays(); };
    on.BeforeImGuiRender = [&application] {
        application.end_frame();
        render_pictures(*application.graphics);
    };
    on.AfterSwap = [&application, options] {
        application.frame_shown();
        RunnerParams& running = *HelloImGui::GetRunnerParams();
        running.appShallExit =
            running.appShallExit || application.wants_exit || (options.run_for > 0 && Log::now() > options.run_for);
        set_pace(application, options.run_for);
    };
}

}  // namespace

const std::vector<std::string>& layout_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Plan& plan : plans()) {
            all.emplace_back(plan.name);
        }
        return all;
    }();
    return names;
}

RunnerParams make_runner_params(Application& application, const WindowOptions& options, bool gl) {
    RunnerParams params;
    params.appWindowParams.windowTitle = "Driftscope";
    params.appWindowParams.windowGeometry.size = {options.width, options.height};
    params.appWindowParams.windowGeometry.positionMode = HelloImGui::WindowPositionMode::MonitorCenter;
    params.appWindowParams.restorePreviousGeometry = false;
    params.appWindowParams.hidden = options.hidden;
    params.imGuiWindowParams.defaultImGuiWindowType = HelloImGui::DefaultImGuiWindowType::ProvideFullScreenDockSpace;
    params.imGuiWindowParams.showMenuBar = true;
    params.imGuiWindowParams.showMenu_App = false;
    params.imGuiWindowParams.showMenu_View = false;
    params.imGuiWindowParams.showStatusBar = true;
    params.imGuiWindowParams.showStatus_Fps = false;
    params.imGuiWindowParams.rememberTheme = false;
    params.imGuiWindowParams.rememberStatusBarSettings = false;
    for (const Plan& plan : plans()) {
        const HelloImGui::DockingParams layout = make_layout(application, plan);
        if (layout.layoutName ==
            (options.layout.empty() ? usual_layout(application.session().scenario()) : options.layout)) {
            params.dockingParams = layout;
        } else {
            params.alternativeDockingLayouts.push_back(layout);
        }
    }
    application.view().focus_panel =
        options.panel.empty() ? usual_panel(application.session().scenario()) : options.panel;
    application.view().focus_part = options.part;
    params.rememberSelectedAlternativeLayout = options.settings;
    params.rendererBackendOptions.openGlOptions.AntiAliasingSamples = 0;  // ImGui smooths its own edges
    params.fpsIdling.timeActiveAfterLastEvent = 0.5F;                     // a tooltip appears after 0.3 s
    params.fpsIdling.fpsIdle = idle_redraws;
    const std::string folder = options.settings ? config_folder() : std::string{};
    params.iniDisable = folder.empty();
    params.iniFolderType = HelloImGui::IniFolderType::AbsolutePath;
    params.iniFilename = folder + "/window.ini";
    params.iniFilename_useAppWindowTitle = false;
    set_callbacks(params, application, options, gl);
    return params;
}

}  // namespace drift
