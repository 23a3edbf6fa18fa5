// Every panel is one function in one file. It reads the recording, shows and changes the view, and hands edits of the
// scenario to context.edit(); it never talks to the runner and never includes LibTorch. The caller has opened the
// window (ImGui::Begin) and closes it.
#pragma once

#include "app/log.h"
#include "app/session.h"
#include "app/view.h"

#include "core/frame.h"
#include "core/interruption.h"
#include "core/recording.h"
#include "core/scene.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace drift {

/// What the picture panels keep from one frame to the next, GL objects among it. Defined in app/gl/graphics.h.
struct Graphics;
/// `gl` is false on the null back end of the tests: then nothing of GL is called. Call and let go of it on the
/// interface thread, with the GL context current.
std::shared_ptr<Graphics> make_graphics(bool gl);
/// Draws the pictures that the panels have asked for in this frame, before ImGui's own drawing shows them.
void render_pictures(Graphics& graphics);

class Comparison;  // app/comparison.h

/// What the other panels keep, such as the text of a filter. Defined in app/panels/memory.h.
struct PanelMemory;

struct PanelContext {
    const Recording& recording;     // what is shown; may be empty, and then has no scene
    uint64_t recording_id = 0;      // another number for another recording: what caches of pictures compare
    const Scenario* ran = nullptr;  // what it is a run of, where that is known: the session may have been edited since
    const Summary* summary = nullptr;                    // of this recording once its run has finished, else null
    const std::vector<std::string>* warnings = nullptr;  // of it that turned out on the way so far; may be null
    int64_t step = 0;          // the state shown: an index of `recording`, 0 where it is empty
    bool stale = false;        // the scenario was edited and its frames are not here yet: dim the picture
    bool preview = false;      // fewer particles than asked for, while something is dragged
    std::string failure = {};  // why the newest scenario could not run
    bool running = false;      // frames are still coming
    double ms_per_step = 0;    // of sampling, measured by the run
    Session& session;
    View& view;
    Log& log;
    Graphics* graphics = nullptr;
    PanelMemory* memory = nullptr;
    /// Commands that menus and keys also give, by their name in app/shortcuts.h, for instance "run.restart".
    std::function<void(const std::string&)> act = {};
    /// Has what was learned at a state computed, which is done for who looks alone; see CorrectionField::known().
    std::function<void(std::shared_ptr<const CorrectionField>)> look_at_field = {};
    const Scene* coming = nullptr;           // of the run that is to be shown next, else null
    const SetUpProgress* set_up = nullptr;   // of the run that is waited for, while its prior is trained, else null
    const Comparison* comparison = nullptr;  // of methods on this problem
    bool computing = true;                   // the worker is at it, where frames are still coming

    /// The frame shown, null while there is none.
    const Frame* frame() const { return recording.empty() ? nullptr : recording.at(step).get(); }
    /// The nearest frame at or before it that still has its particles.
    const Frame* frame_with_arrays() const {
        return recording.empty() ? nullptr : recording.at(recording.with_arrays(step)).get();
    }
    const Scene* scene() const { return recording.scene().get(); }
    /// Of the recording that is shown.
    const Scenario& scenario() const { return ran != nullptr ? *ran : session.scenario(); }

    /// Session::edit(); where the change is refused, the reason appears as a toast and nothing is lost.
    bool edit(const std::string& name, const Session::Change& change, bool gesture_finished = true);
};

/// "Training the prior: 43 %, 3 s left". Only where there is context.set_up.
std::string set_up_text(const PanelContext& context);
/// What a panel without anything to show says: that it is waiting, or that there is nothing.
std::string empty_text(const PanelContext& context);
/// Why what is shown is not the run of the scenario as edited: it waits for that, is a preview of it, or the scenario
/// cannot run. Empty where it is that run.
std::string caution_text(const PanelContext& context);
/// How far a kept training has come that the one on screen, which is not so far, could go on from; 0 for none.
int64_t iterations_to_resume(const PanelContext& context);

/// Particles in the plane, trails, arrows, truth, the measurement to drag. For samples that are pictures the caller
/// shows draw_images_panel in the same place.
void draw_data_panel(PanelContext& context);
/// The same particles in the noise space that they are decoded from.
void draw_noise_panel(PanelContext& context);
/// The guidance of the method beside the exact one, over the plane.
void draw_field_panel(PanelContext& context);
/// Rewards of the particles over the steps.
void draw_rewards_panel(PanelContext& context);
/// The wall of pictures with their weights, the measurement and the denoised predictions.
void draw_images_panel(PanelContext& context);
/// The curve named by view.curve, its presets and text, and the strip of what it did.
void draw_schedule_panel(PanelContext& context);

/// The family tree of the particles, and how fast it narrows.
void draw_genealogy_panel(PanelContext& context);
/// How unevenly the weight of the state shown is spread.
void draw_weights_panel(PanelContext& context);
/// One resampling: parents, children, and what other schemes would have drawn.
void draw_resampling_panel(PanelContext& context);

/// What a method that learns is at, how near it is to the posterior, and what it learns from.
void draw_training_panel(PanelContext& context);

void draw_scenario_panel(PanelContext& context);
void draw_method_panel(PanelContext& context);
void draw_numbers_panel(PanelContext& context);
void draw_timeline_panel(PanelContext& context);
void draw_log_panel(PanelContext& context);
void draw_status_line(PanelContext& context);

}  // namespace drift
