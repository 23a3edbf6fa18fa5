// What the commands of app/shortcuts.h do.
#include "app/application.h"
#include "app/capture.h"
#include "app/file_browser.h"
#include "app/gl/graphics.h"
#include "app/learning.h"
#include "app/panels/schedule/curve_keys.h"
#include "app/paths.h"
#include "app/phases.h"
#include "app/playback.h"
#include "app/shortcuts.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace drift {
namespace {

constexpr size_t max_recent = 8;
constexpr char open_prefix[] = "file.open:";

constexpr FileKind weights_file{"weights", ".weights"};

/// The name of a file as a scenario of that folder says it: files elsewhere by their whole path.
std::string relative_to(const std::string& folder, const std::string& file) {
    if (file.empty()) {
        return {};
    }
    const std::filesystem::path near = std::filesystem::path(file).lexically_relative(folder);
    const bool inside = !folder.empty() && !near.empty() && *near.begin() != "..";
    return inside ? near.string() : file;
}

/// The next value of a counter that is walked through in leaps, so that neighbouring seeds are not mistaken for
/// related.
uint64_t another_seed(uint64_t seed) {
    return (seed * 48271 + 11) % 2147483647;
}

}  // namespace

void Application::act(const std::string& action) {
    settle_frames_ = 3;
    if (action.starts_with(open_prefix)) {
        open_file(action.substr(sizeof open_prefix - 1));
        return;
    }
    const auto found = actions_.find(action);
    if (found != actions_.end()) {
        found->second();
    }
}

/// A text that is half typed was meant for the scenario that goes, whatever field of the next one is in its place.
void Application::drop_typing() {
    ImGuiContext* imgui = ImGui::GetCurrentContext();
    if (imgui != nullptr && imgui->ActiveId != 0 && imgui->ActiveId == imgui->InputTextState.ID) {
        ImGui::ClearActiveID();
        imgui->DeactivatedItemData.ID = 0;  // nor is any field told that it was left
        imgui->InputTextDeactivatedState.ID = 0;
    }
    if (graphics != nullptr) {
        drop_typed(graphics->schedule);
    }
}

void Application::open_file(const std::string& path) {
    try {
        session_.open(path);
    } catch (const std::exception& error) {
        log_.toast(Level::Error, error.what());
        return;
    }
    drop_typing();
    log_.add(Level::Good, "Opened " + path + ".");
    begin_again(view_);
    scenario_opened = true;
    if (!is_shipped(path)) {
        std::erase(recent_files_, path);
        recent_files_.insert(recent_files_.begin(), path);
        recent_files_.resize(std::min(recent_files_.size(), max_recent));
    }
}

void Application::drop_files(const std::vector<std::string>& paths) {
    const auto scenario = std::find_if(
        paths.begin(), paths.end(), [](const std::string& path) { return path.ends_with(".json") && is_file(path); });
    if (scenario != paths.end()) {
        open_file(*scenario);
    } else if (!paths.empty()) {
        log_.toast(Level::Error, paths.front() + " cannot be opened: scenarios are .json files.");
    }
    settle_frames_ = 3;
}

void Application::save(bool ask) {
    const auto write = [this](const std::string& path) {
        try {
            session_.save(path);
            log_.toast(Level::Good, "Saved " + path + ".");
        } catch (const std::exception& error) {
            log_.toast(Level::Error, error.what());
        }
    };
    const std::string path = session_.path();
    if (!ask && !path.empty() && !is_shipped(path)) {
        write(path);
        return;
    }
    const std::string name = path.empty() ? "scenario.json" : path.substr(path.find_last_of('/') + 1);
    dialog_.save(users_folder(), name, write);
}

std::string Application::users_folder() const {
    const std::string& path = session_.path();
    return path.empty() || is_shipped(path) ? home_folder() : folder_of(path);
}

std::string Application::next_picture() const {
    const std::string& path = session_.path();
    const std::string stem = path.empty() ? "driftscope" : std::filesystem::path(path).stem().string();
    return free_picture_path(users_folder(), stem);
}

bool Application::may_exit() {
    if (wants_exit || !session_.dirty()) {
        return true;
    }
    exit_asked_ = true;
    settle_frames_ = 3;
    return false;
}

void Application::set_type_size(double size) {
    view_.type_size = std::clamp(size, 0.8, 2.5);
    theme_changed = true;
}

void Application::toggle_panel(const std::string& name) {
    const auto was_drawn = [this](const std::string& panel) {
        return std::find(panels_before_.begin(), panels_before_.end(), panel) != panels_before_.end();
    };
    // Where it covers the picture, the same key gives that back.
    view_.focus_panel = was_drawn(name) && !was_drawn("Data") ? "Data" : name;
}

/// From the first state on; where it is to resume, with the training that was kept.
void Application::restart(bool resume) {
    ordered_revision_ = session_.revision();
    begin_again(view_);
    ordered_ = session_.scenario();
    gesture_asked_ = false;
    live_.restart(ordered_, resume);
}

void Application::fill_actions() {
    actions_["file.new"] = [this] {
        Scenario scenario = session_.scenario();
        scenario.title = "Untitled";
        scenario.caption.clear();
        session_.replace(std::move(scenario), "");
    };
    actions_["file.open"] = [this] {
        const std::string folder =
            session_.path().empty() ? assets_folder() + "/scenarios" : folder_of(session_.path());
        dialog_.open(folder, [this](const std::string& path) { open_file(path); });
    };
    actions_["file.save"] = [this] { save(false); };
    actions_["file.save_as"] = [this] { save(true); };
    actions_["file.picture"] = [this] { wants_picture = true; };
    actions_["file.quit"] = [this] { wants_exit = may_exit(); };
    actions_["edit.undo"] = [this] {
        const std::string name = session_.undo();
        log_.add(Level::Info, name.empty() ? "Nothing to undo." : "Undid: " + name + ".");
    };
    actions_["edit.redo"] = [this] {
        const std::string name = session_.redo();
        log_.add(Level::Info, name.empty() ? "Nothing to redo." : "Did again: " + name + ".");
    };
    actions_["run.restart"] = [this] { restart(false); };
    actions_["run.resume"] = [this] {
        if (iterations_to_resume(context()) > 0) {
            restart(true);
        }
    };
    actions_["run.new_seed"] = [this] {
        session_.edit("seed", [](Scenario& scenario) { scenario.seed = another_seed(scenario.seed); });
    };
    actions_["run.compute"] = [this] { live_.compute(!live_.computing()); };
    // What was learned is in the recording on screen: what replaces it has learned nothing yet.
    const auto tell_learner = [this](const Command& command) {
        if (!live_.stale()) {
            live_.tell(command);
            view_.playing = true;
        }
    };
    actions_["run.sample_now"] = [tell_learner] { tell_learner(SampleNow{}); };
    actions_["run.learn_on"] = [tell_learner] { tell_learner(LearnOn{}); };
    actions_["run.save_weights"] = [this] { save_weights(); };
    actions_["run.load_weights"] = [this] { load_weights(); };
    actions_["run.forget_weights"] = [this] { sample_with(""); };
    actions_["run.compare"] = [this] {
        comparison_.start(live_.scenario(), view_.compared);
        view_.focus_panel = "Training";  // also from the menu, whatever is in front
        if (!view_.compares_methods()) {
            view_.training_tab = "Methods";
        }
    };
    actions_["run.stop_comparing"] = [this] { comparison_.stop(); };
}

void Application::save_weights() {
    const Recording& shown = live_.shown();
    const TrainingNumbers* newest = shown.empty() ? nullptr : shown.at(shown.size() - 1)->training.get();
    const bool loaded = !loaded_weights(live_.scenario().sampler).empty();  // of the run on screen: in a file already
    if (newest == nullptr || newest->iteration == 0 || loaded || live_.stale()) {
        log_.toast(Level::Error, "No weights have been learned that could be saved.");
        return;
    }
    const std::string& path = session_.path();
    const std::string stem = path.empty() ? "trained" : std::filesystem::path(path).stem().string();
    dialog_.save(
        users_folder(), stem + weights_file.extension,
        [this](const std::string& file) { runner_.post(SaveTraining{file}); }, weights_file);
}

void Application::load_weights() {
    if (!learns(session_.scenario().sampler)) {
        log_.toast(Level::Error, "This method learns nothing: choose one that does, then its weights.");
        return;
    }
    dialog_.open(
        users_folder(), [this](const std::string& file) { sample_with(file); }, weights_file);
}

/// An edit like any other: it can be undone, and weights of another problem are refused by the run.
void Application::sample_with(const std::string& file) {
    if (learns(session_.scenario().sampler)) {
        session_.edit(file.empty() ? "train in place of loaded weights" : "load weights", [&](Scenario& scenario) {
            scenario.sampler.params.set("weights", relative_to(scenario.folder, file));
        });
    }
}

void Application::fill_time_actions() {
    const auto steps = [this](int64_t by) { return [this, by] { move_by(view_, by, live_.shown()); }; };
    actions_["time.play"] = [this] {
        if (live_.set_up() != nullptr) {  // what is waited for, not the picture before it
            act("run.compute");
        } else {
            toggle_play(view_, live_.shown(), live_.running());
        }
    };
    actions_["time.back"] = steps(-1);
    actions_["time.forward"] = steps(1);
    actions_["time.back_10"] = steps(-10);
    actions_["time.forward_10"] = steps(10);
    actions_["time.previous_resampling"] = [this] { move_to_resampling(view_, -1, live_.shown()); };
    actions_["time.next_resampling"] = [this] { move_to_resampling(view_, 1, live_.shown()); };
    actions_["time.phase"] = [this] { next_phase(view_, live_.shown()); };
    actions_["time.start"] = [this] { move_to(view_, 0, live_.shown()); };
    actions_["time.end"] = [this] { move_to(view_, static_cast<double>(live_.shown().size()), live_.shown()); };
    actions_["time.loop"] = [this] { view_.loop = !view_.loop; };
    actions_["time.follow"] = [this] { view_.follow = !view_.follow; };
    for (int digit = 1; digit <= 9; ++digit) {
        actions_["time.speed_" + std::to_string(digit)] = [this, digit] { view_.speed = speed_of_key(digit); };
    }
}

void Application::fill_view_actions() {
    const auto toggle = [this](bool View::*flag) { return [this, flag] { view_.*flag = !(view_.*flag); }; };
    actions_["view.truth"] = toggle(&View::truth);
    actions_["view.weights"] = toggle(&View::weights);
    actions_["view.trails"] = toggle(&View::trails);
    actions_["view.ghosts"] = toggle(&View::ghosts);
    actions_["view.arrows"] = [this] {
        // none, guidance, score, both
        const int now = (view_.guidance_arrows ? 1 : 0) + (view_.score_arrows ? 2 : 0);
        view_.guidance_arrows = ((now + 1) & 1) != 0;
        view_.score_arrows = ((now + 1) & 2) != 0;
    };
    actions_["view.genealogy"] = [this] { toggle_panel("Genealogy"); };
    actions_["view.weights_panel"] = [this] { toggle_panel("Weights"); };
    actions_["view.resampling"] = [this] { toggle_panel("Resampling"); };
    actions_["view.training"] = [this] { toggle_panel("Training"); };
    actions_["view.schedules"] = [this] { view_.focus_schedule = true; };
    actions_["view.theme"] = [this] {
        view_.light = !view_.light;
        theme_changed = true;
    };
    actions_["view.larger"] = [this] { set_type_size(view_.type_size * 1.1); };
    actions_["view.smaller"] = [this] { set_type_size(view_.type_size / 1.1); };
    actions_["view.normal"] = [this] { set_type_size(1); };
    actions_["view.reset_layout"] = [this] { layout_reset = true; };
    actions_["help.keys"] = [this] { keys_shown_ = !keys_shown_; };
    actions_["help.about"] = [this] { about_shown_ = true; };
    actions_["gesture.stop"] = [this] {
        if (keys_shown_ || about_shown_) {
            keys_shown_ = about_shown_ = false;
        } else if (session_.editing()) {
            session_.undo();
        } else if (view_.brush) {
            view_.brush = {};
        } else if (view_.phase != Phase::Whole) {
            leave_phases(view_);
        } else {
            view_.playing = false;
        }
    };
}

}  // namespace drift
