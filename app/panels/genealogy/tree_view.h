// What the genealogy panel keeps from one frame to the next.
#pragma once

#include "app/genealogy.h"
#include "app/genealogy_layout.h"
#include "app/view.h"

#include <imgui.h>

#include <cstdint>
#include <vector>

namespace drift {

enum class TreeShows { Tree, Ancestors, CommonAncestor };

/// A number for each generation, as steps of a line over the states.
struct StepLine {
    std::vector<double> steps, values;
};

struct TreeView {
    TreeShows shows = TreeShows::Tree;

    Genealogy genealogy;
    bool complete = false;  // nothing of the recording is left to be read
    uint64_t recording = 0;
    int64_t last = 0;         // step of the axis
    bool fit = true;          // show all of it in the next frame
    float legend_height = 0;  // in the frame before

    // Made of this version of the genealogy, for so many lines one above the other
    uint64_t version = 0;
    int64_t rows = 0;
    double laid_out = 0;  // the time
    TreeLayout layout;
    std::vector<Meeting> meetings;
    StepLine eves, ancestors, met;

    // Colours of the survivors, and what they are for
    uint64_t coloured_version = 0;
    ColourBy coloured_by = ColourBy::Plain;
    bool coloured_light = false;
    std::vector<ImU32> colours;

    // Paths of the brushed particles
    uint64_t brushed_version = 0;
    Brush brush;
    std::vector<std::vector<TreePoint>> brushed;
};

}  // namespace drift
