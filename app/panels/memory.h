// What panels keep from frame to frame: texts being typed and results that would be slow to find again. No part of the
// scenario or of the view, and never needed to draw a correct picture.
#pragma once

#include "app/panels/frame_key.h"
#include "app/posterior_mean.h"
#include "app/view.h"

#include "core/scene.h"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace drift {

/// A shipped scenario as the list shows it.
struct ScenarioEntry {
    std::string path;
    std::string title;
    std::string caption;
    std::string sampler;
    bool learns = false;  // the sampler does
};

/// The caption of a phase, and what it was made of: it counts particles, which would be slow in every frame.
struct PhaseText {
    FrameKey frame;
    Phase phase = Phase::Whole;
    bool children = false;  // were recorded
    std::string text;
};

struct PanelMemory {
    bool unfinished = false;                                     // a panel has more to do in the next frame
    bool awaiting = false;                                       // one waits for news, which wake the window
    double redraw_in = std::numeric_limits<double>::infinity();  // seconds after this frame: one has more to do then

    // Scenario panel
    std::vector<ScenarioEntry> shipped;  // read once at the start

    // Numbers panel: the mode shares of one state
    uint64_t shares_recording = 0;
    int64_t shares_step = -1;
    ModeShares shares;
    // likewise the mean of one
    uint64_t mean_recording = 0;
    int64_t mean_step = -1;
    MeanEstimate mean;

    // The window
    std::set<std::string> docked;  // panels that were unknown to the saved layout and have been put somewhere

    // What the phase shown says
    PhaseText phase_text;

    // Log panel
    std::string log_filter;
    int64_t log_count = 0;  // entries seen: scrolls down for new ones

    // Status line
    double frames_per_second = 0;
};

}  // namespace drift
