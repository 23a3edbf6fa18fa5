// What the wall of pictures keeps from one frame to the next.
#pragma once

#include "app/gl/objects.h"
#include "app/panels/followed.h"
#include "app/panels/frame_key.h"
#include "app/panels/images/wall_layout.h"
#include "app/panels/images/wall_pixels.h"
#include "app/panels/images/wall_tiles.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace drift {

enum class WallShows { State, Denoised, Both };
enum class WallOrder { Slot, Weight };

/// Pictures of one kind in a texture, and the frame they were made of.
struct WallTexture {
    Atlas atlas;  // its bytes are let go of once they are uploaded
    gl::PixelTexture texture;
    FrameKey frame;
};

/// Where in a step the mean and deviation were taken.
struct WallMoment {
    float travel = 1, weigh = 1;
    bool to_other_weights = false, split = false;
    float fade = 0;

    bool operator==(const WallMoment&) const = default;
};

struct Wall {
    // Chosen by the user
    WallShows shows = WallShows::Denoised;
    WallOrder order = WallOrder::Slot;
    WallCamera camera;
    WallLayout layout;  // in the frame before
    bool fit = true;    // until it is zoomed or panned by hand

    WallTexture state, denoised;
    WallTexture state_before, denoised_before;  // of the state that particles come from, in a phase
    std::vector<WallTile> tiles;                // drawn last
    gl::PixelTexture measurement, truth, mean, deviation;
    bool references_ready = false;  // of the recording below
    uint64_t recording_id = 0;
    FrameKey moments_frame;
    bool moments_of_state = false;
    WallMoment moment;
    double most_deviation = 0;

    std::vector<int32_t> families;   // first ancestor of every particle
    std::vector<int32_t> positions;  // particle at each position of the wall
    FrameKey order_frame;
    WallOrder ordered_by = WallOrder::Slot;
    bool many_families = true;  // nothing has merged yet
    Followed followed;

    // Choosing pictures with a rectangle, in places of the wall, and who they are in the state shown
    std::optional<std::pair<double, double>> brush_from;
    std::pair<double, double> brush_to;
    Brush brush;
    FrameKey brush_frame;
    std::vector<int32_t> brushed;
};

}  // namespace drift
