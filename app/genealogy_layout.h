// What of a family tree is drawn: a bounded number of lines and bands, evenly chosen where there are more, with the
// numbers that say so. Plain values, free of ImGui.
#pragma once

#include "app/genealogy.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace drift {

/// One particle through its generation, and the link from its parent.
struct TreeLine {
    TreePoint parent;  // where it comes from; its own start for those of the first generation
    TreePoint start, end;
    double share = 0;  // of the last generation that descends from it; 0 for branches that died
    size_t generation = 0;
    int32_t slot = 0;
};

/// How much of the height a family takes at one state.
struct BandEdge {
    double step = 0;
    double top = 0, bottom = 0;
};
struct TreeBand {
    int32_t eve = 0;
    std::vector<BandEdge> edges;
};

struct TreeLayout {
    std::vector<TreeLine> dead;   // below the others
    std::vector<TreeBand> bands;  // families that survive; only where there are many particles
    std::vector<TreeLine> survivors;
    int64_t particles = 0;        // of the last generation
    int64_t survivors_drawn = 0;  // of these
    int64_t ended = 0, ended_drawn = 0;
    int64_t families = 0;  // that survive
    size_t stride = 1;     // of the generations one in so many is drawn
};

struct TreeLimits {
    size_t survivor_lines = 6000;
    size_t dead_lines = 3000;
    size_t band_edges = 6000;
    size_t columns = 300;        // generations
    int64_t leaves = 512;        // survivors of the last generation
    int64_t bands_above = 4000;  // particles
};

TreeLayout lay_out(const Genealogy& genealogy, const Recording& recording, const TreeLimits& limits = {});

/// What was left out, as a sentence; empty where everything is drawn.
std::string drawn_text(const TreeLayout& layout);

}  // namespace drift
