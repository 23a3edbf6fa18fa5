#include "app/application.h"

#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/learning.h"
#include "app/panels/schedule/curve_keys.h"
#include "app/paths.h"
#include "app/playback.h"
#include "app/preview.h"
#include "app/shortcuts.h"
#include "core/threads.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace drift {
namespace {

constexpr double slow_frame_seconds = 0.1;
constexpr int64_t max_resamplings_told = 30;
constexpr double phase_redraws = 15;    // a second, on a software rasteriser
constexpr double long_run_seconds = 2;  // as the runner judges it: shorter ones begin again

Session first_session(const WindowOptions& options, Log& log) {
    if (options.scenario) {
        return Session(*options.scenario, options.path);
    }
    const std::string path = asset_path("scenarios/scene_a.json");
    if (path.empty()) {
        log.toast(Level::Error, "No assets folder with scenarios was found; set DRIFT_ASSETS to it.");
        return Session{};
    }
    try {
        return Session(load_scenario(path), path);
    } catch (const UserError& error) {
        log.toast(Level::Error, error.what());
        return Session{};
    }
}

std::vector<ScenarioEntry> read_shipped(Log& log) {
    std::vector<ScenarioEntry> entries;
    for (const std::string& path : shipped_scenarios()) {
        try {
            const Scenario scenario = load_scenario(path);
            entries.push_back(
                {path, scenario.title, scenario.caption, scenario.sampler.type, learns(scenario.sampler)});
        } catch (const UserError& error) {
            log.add(Level::Warning, error.what());
        }
    }
    return entries;
}

/// Keys that ImGui's own keyboard navigation would take as well are ours, unless the user is navigating with them.
void claim_time_keys(const View& view) {
    if (ImGui::GetIO().WantTextInput || ImGui::GetIO().NavVisible || ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup)) {
        return;
    }
    const ImGuiID owner = ImGui::GetID("timeline keys");
    for (const ImGuiKey key : {ImGuiKey_Space, ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_Home, ImGuiKey_End}) {
        if (std::find(view.keys_taken.begin(), view.keys_taken.end(), key) == view.keys_taken.end()) {
            ImGui::SetKeyOwner(key, owner);
        }
    }
}

}  // namespace

bool PanelContext::edit(const std::string& name, const Session::Change& change, bool gesture_finished) {
    try {
        return session.edit(name, change, gesture_finished);
    } catch (const UserError& error) {
        log.toast(Level::Error, error.what());
        return false;
    }
}

Application::Application(const WindowOptions& options, std::function<void()> on_news)
    : session_(first_session(options, log_)),
      on_news_(std::move(on_news)),
      device_(options.device),
      runner_(on_news_, RunOptions{device_, Precision::Float32, true, true, true, options.trainings}),
      live_([this](Command command) { runner_.post(std::move(command)); }),
      comparison_([this](Command command) { post_to_comparer(std::move(command)); }) {
    view_.light = options.light;
    memory_.shipped = read_shipped(log_);
    fill_actions();
    fill_time_actions();
    fill_view_actions();
    last_frame_ = Log::now();
}

const std::vector<std::string>& Application::panel_names() {
    static const std::vector<std::string> names{"Scenario",  "Method",  "Data",       "Noise",    "Field",
                                                "Genealogy", "Weights", "Resampling", "Schedule", "Rewards",
                                                "Training",  "Numbers", "Time",       "Log"};
    return names;
}

PanelContext Application::context() {
    const Recording& recording = live_.shown();
    const Frame* newest = recording.empty() ? nullptr : recording.at(recording.size() - 1).get();
    const double per_step = newest == nullptr ? 0
                                              : 1000 * newest->numbers.seconds /
                                                    static_cast<double>(std::max<int64_t>(newest->numbers.step, 1));
    return {.recording = recording,
            .recording_id = live_.recording_id(),
            .ran = &live_.scenario(),
            .summary = live_.summary(),
            .warnings = &live_.warnings(),
            .step = shown_step(view_, recording),
            .stale = live_.stale(),
            .preview = live_.preview(),
            .failure = live_.error(),
            .running = live_.running(),
            .ms_per_step = per_step,
            .session = session_,
            .view = view_,
            .log = log_,
            .graphics = graphics.get(),
            .memory = &memory_,
            .act = [this](const std::string& action) { act(action); },
            .look_at_field =
                [this](std::shared_ptr<const CorrectionField> field) { runner_.post(LookAtField{std::move(field)}); },
            .coming = live_.coming(),
            .set_up = live_.set_up(),
            .comparison = &comparison_,
            .computing = live_.computing()};
}

void Application::draw_in_software() {
    view_.low_fill = true;
    runner_.post(UseThreads{cores() - 1});
}

/// Numbers are all that is wanted of its runs, and they leave the run on screen the other cores.
void Application::post_to_comparer(Command command) {
    if (comparer_ == nullptr) {
        comparer_ = std::make_unique<Runner>(on_news_, RunOptions{device_, Precision::Float32, false, false, true});
        comparer_->post(UseThreads{1});
    }
    comparer_->post(std::move(command));
}

void Application::begin_frame() {
    frame_start_ = Log::now();
    slowest_panel_seconds_ = 0;
    slowest_panel_.clear();
    take_news();
    order_edits();
    play_on(view_, frame_start_ - last_frame_, live_.shown(), live_.running());
    last_frame_ = frame_start_;
    view_.hovered = std::exchange(view_.hovering, {});
    view_.keys_taken.clear();
    memory_.unfinished = memory_.awaiting = false;
    panels_before_ = std::exchange(panels_drawn_, {});
    memory_.frames_per_second = frame_times_.per_second(frame_start_);
}

void Application::take_news() {
    const LiveRun::Changes changes = live_.take(runner_.take_news(), view_.playhead, Log::now());
    if (changes.any) {
        // Another state is on screen with this frame; what may move the layout settles afterwards.
        const bool large = changes.replaced || changes.finished || !changes.error.empty();
        settle_frames_ = std::max(settle_frames_, large ? 3 : 1);
        tell(changes);
    }
    if (changes.finished && !live_.preview()) {
        comparison_.add(live_.scenario(), *live_.summary());
    }
    if (comparer_ != nullptr && comparison_.take(comparer_->take_news())) {
        settle_frames_ = std::max(settle_frames_, 1);
    }
    if (changes.replaced) {
        view_.selected = view_.hovered = view_.hovering = {};
        view_.brush = {};
    }
}

void Application::tell(const LiveRun::Changes& changes) {
    if (!changes.error.empty()) {
        log_.toast(Level::Error, changes.error);
    }
    for (const Note& note : changes.notes) {
        log_.toast(note.good ? Level::Good : Level::Error, note.text);
    }
    const Recording& recording = live_.shown();
    tell_warnings();
    if (changes.replaced && !session_.editing()) {
        offer_kept_training();
    }
    if (!changes.finished || session_.editing() || live_.preview() || told_recording_ == live_.recording_id() ||
        !recording.scene()) {
        return;
    }
    told_recording_ = live_.recording_id();
    log_.add(Level::Info, sentence_of_start(session_.scenario(), *recording.scene()));
    int64_t told = 0;
    for (int64_t k = 0; k < recording.size() && told < max_resamplings_told; ++k) {
        if (recording.at(k)->numbers.resampled) {
            log_.add(Level::Info, sentence_of_resampling(recording.at(k)->numbers, recording.at(k)->count));
            ++told;
        }
    }
    log_.add(Level::Good, sentence_of_end(*live_.summary(), recording.scene()->weighted));
}

/// Once for each scenario that is opened or edited, before much is learned anew; the training panel offers it as well.
void Application::offer_kept_training() {
    const int64_t kept = iterations_to_resume(context());
    if (kept == 0 || offered_ == live_.recording_id()) {
        return;
    }
    offered_ = live_.recording_id();
    log_.offer("A training of this very problem was kept after " + grouped(kept) + " iterations. This one begins anew.",
               "Continue from iteration " + grouped(kept), "run.resume");
}

/// As soon as they are known, each once a run.
void Application::tell_warnings() {
    if (session_.editing() || live_.preview() || live_.shown().empty() || live_.shown().scene() == nullptr) {
        return;
    }
    if (warned_recording_ != live_.recording_id()) {
        warned_recording_ = live_.recording_id();
        warned_.clear();
    }
    const auto tell_new = [this](const std::vector<std::string>& warnings) {
        for (const std::string& warning : warnings) {
            if (warned_.insert(warning).second) {
                log_.add(Level::Warning, warning);
            }
        }
    };
    tell_new(live_.shown().scene()->warnings);
    tell_new(live_.warnings());
    if (live_.summary() != nullptr) {
        tell_new(live_.summary()->warnings);
    }
}

/// A long run under way takes live parameters over where it is; there a drag needs no preview.
bool Application::goes_on_with(const Scenario& scenario) const {
    return live_.running() && !live_.preview_ordered() && only_live_changes(ordered_, scenario) &&
           expected_seconds(live_.shown(), scenario.particles) > long_run_seconds;
}

void Application::order_edits() {
    const bool gesture = session_.editing();
    const bool whole_missing = live_.preview_ordered() && !gesture;
    if (session_.revision() == ordered_revision_ && !whole_missing) {
        return;
    }
    if (gesture && gesture_asked_ && live_.running()) {
        return;  // the newest draft follows when this one has been answered
    }
    const bool first = ordered_revision_ == 0;
    ordered_revision_ = session_.revision();
    Scenario scenario = session_.scenario();
    if (first && scenario.sampler.type.empty()) {
        return;  // nothing could be loaded
    }
    const bool goes_on = goes_on_with(scenario);
    if (gesture && !goes_on) {
        const double seconds = expected_seconds(live_.shown(), scenario.particles);
        scenario.particles = preview_particles(scenario.particles, seconds, answer_within);
    }
    gesture_asked_ = gesture && !goes_on;
    ordered_ = scenario;
    live_.order(scenario, scenario.particles < session_.scenario().particles);
}

void Application::draw_panel(const std::string& name) {
    const double start = Log::now();
    PanelContext c = context();
    if (c.session.scenario().sampler.type.empty()) {
        ImGui::TextDisabled("No scenario is open (Ctrl+O).");
    } else if (name == "Scenario") {
        draw_scenario_panel(c);
    } else if (name == "Method") {
        draw_method_panel(c);
    } else if (name == "Data") {
        c.scene() != nullptr&& c.scene()->pictures() ? draw_images_panel(c) : draw_data_panel(c);
    } else if (name == "Noise") {
        draw_noise_panel(c);
    } else if (name == "Field") {
        draw_field_panel(c);
    } else if (name == "Rewards") {
        draw_rewards_panel(c);
    } else if (name == "Training") {
        draw_training_panel(c);
    } else if (name == "Schedule") {
        draw_schedule_panel(c);
    } else if (name == "Numbers") {
        draw_numbers_panel(c);
    } else if (name == "Time") {
        draw_timeline_panel(c);
    } else if (name == "Log") {
        draw_log_panel(c);
    } else if (name == "Genealogy") {
        draw_genealogy_panel(c);
    } else if (name == "Weights") {
        draw_weights_panel(c);
    } else if (name == "Resampling") {
        draw_resampling_panel(c);
    }
    panels_drawn_.push_back(name);
    const double seconds = Log::now() - start;
    frame_times_.panel(name, seconds);
    if (seconds > slowest_panel_seconds_) {
        slowest_panel_seconds_ = seconds;
        slowest_panel_ = name;
    }
}

void Application::draw_status() {
    PanelContext c = context();
    draw_status_line(c);
}

void Application::draw_overlays() {
    dialog_.draw();
    draw_keys_overlay();
    draw_about();
    draw_exit_question();
    if (const std::string action = toasts_.draw(log_, view_.light); !action.empty()) {
        act(action);
    }
    if (graphics != nullptr) {
        end_nudge(graphics->schedule, session_);
    }
    handle_keys();
    claim_time_keys(view_);
}

void Application::handle_keys() {
    const bool typing = ImGui::GetIO().WantTextInput || ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
    if (typing || exit_asked_) {
        return;
    }
    const std::string action = pressed_action(view_.keys_taken);
    const bool time_key = action.starts_with("time.") && !action.starts_with("time.speed");
    if (action.empty() || (time_key && ImGui::GetIO().NavVisible)) {
        return;
    }
    act(action);
}

void Application::end_frame() {
    const double now = Log::now();
    const int64_t step = shown_step(view_, live_.shown());
    if (last_shown_step_ >= 0 && step != last_shown_step_) {
        frame_times_.moving_picture(now);
    }
    last_shown_step_ = live_.shown().empty() ? -1 : step;
    if (now - frame_start_ > slow_frame_seconds) {
        log_.add(Level::Warning, "A frame took " + short_number(1000 * (now - frame_start_)) + " ms to build, " +
                                     short_number(1000 * slowest_panel_seconds_) + " ms of it in the panel " +
                                     slowest_panel_ + ".");
    }
    settle_frames_ = std::max(settle_frames_ - 1, 0);
    frame_built_ = now;
}

void Application::frame_shown() {
    frame_times_.add({frame_start_, frame_built_ - frame_start_, Log::now() - frame_built_, live_.running()});
}

double Application::next_redraw() const {
    const bool draft_waits = gesture_asked_ && live_.running();  // for news, which wake the window
    if (settle_frames_ > 0 || memory_.unfinished || (session_.revision() != ordered_revision_ && !draft_waits)) {
        return 0;
    }
    double due = std::numeric_limits<double>::infinity();
    if (moves(view_, live_.shown(), live_.running())) {
        // Nothing moves between two states: on a software rasteriser the pause goes to the sampler.
        // A phase glides all the way and has a pace of its own.
        const double pace = view_.phase == Phase::Whole ? std::max(view_.speed, 1.0) : phase_redraws;
        due = view_.low_fill ? 1 / pace : 0;
    }
    if (live_.stale()) {
        due = std::min(due, 0.1);  // the old picture goes after a while even where no news come
    }
    if (toasts_.visible()) {
        due = std::min(due, 0.25);
    }
    return due;
}

}  // namespace drift
