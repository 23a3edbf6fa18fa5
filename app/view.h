// How a recording is looked at: plain data that says nothing about the run itself and is no part of the undo history.
#pragma once

#include "app/compared_methods.h"
#include "core/catalog.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

enum class ColourBy { Weight, Mode, Ancestor, Residual, Plain };

/// A particle of one state; index -1 is none.
struct ParticleRef {
    int64_t step = 0;
    int32_t index = -1;

    explicit operator bool() const { return index >= 0; }
    bool operator==(const ParticleRef&) const = default;
};

/// Particles of one state that were chosen together, in rising order.
struct Brush {
    int64_t step = 0;
    std::vector<int32_t> particles;

    explicit operator bool() const { return !particles.empty(); }
    bool operator==(const Brush&) const = default;
};

/// The parts of a step that can be looked at one by one; see app/phases.h.
enum class Phase { Whole, Propagate, Weight, Resample, Move };

/// The curve that the schedule editor shows: a parameter of one part of the scenario.
struct CurveTarget {
    Kind part = Kind::Sampler;
    std::string key = "guidance";

    bool operator==(const CurveTarget&) const = default;
};

struct View {
    // Time. The picture shows state floor(playhead) of the recording.
    double playhead = 0;
    bool playing = true;
    bool follow = false;  // stay at the newest state while the run goes on
    bool loop = false;    // begin again at the end
    double speed = 20;    // states per second

    // One step in slow motion, where `phase` is not Whole
    Phase phase = Phase::Whole;
    int64_t phase_step = 0;     // the state that the step leads to
    double phase_progress = 1;  // of the way through the phase

    // Particles
    ParticleRef selected;  // clicked, until another one is or the recording is replaced
    ParticleRef hovered;   // under the mouse in any panel; what the panel wrote to `hovering` a frame ago
    ParticleRef hovering;  // written in each frame by the panel under the mouse
    Brush brush;           // chosen by a rectangle in the picture
    ColourBy colour_by = ColourBy::Weight;
    bool truth = true;  // contours of the exact posterior, or of the prior where there is none
    bool trails = true;
    bool ghosts = false;  // denoised predictions
    bool score_arrows = false;
    bool guidance_arrows = false;
    bool total_arrows = false;  // of both together
    bool weights = true;        // size by weight

    // Schedule editor
    CurveTarget curve;
    bool focus_schedule = false;  // bring the editor to the front in the next frame
    std::string focus_panel;      // likewise this panel
    std::string focus_part;       // likewise the tab or choice with this name, of whichever panel has one
    std::vector<int> keys_taken;  // chords that a panel takes in this frame: commands on them wait

    // Training
    std::string training_tab = "Residuals";
    std::vector<std::string> compared = compared_keys();  // the methods that Compare runs

    // The window
    bool light = false;
    double type_size = 1;   // factor on the 16 px that the window opens with
    bool low_fill = false;  // software GL: draw less often and in smaller textures

    bool compares_methods() const { return training_tab == "Reward" || training_tab == "Methods"; }
    /// Whether this tab or choice was asked for; once.
    bool takes_focus(const char* part) {
        const bool meant = focus_part == part;
        if (meant) {
            focus_part.clear();
        }
        return meant;
    }
};

}  // namespace drift
