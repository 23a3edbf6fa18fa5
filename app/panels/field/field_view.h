// What the field panel keeps from one frame to the next: the fields of one state, and how they are looked at.
#pragma once

#include "app/panels/followed.h"
#include "app/panels/frame_key.h"

#include "core/correction_field.h"
#include "core/guidance_field.h"

#include <imgui.h>

#include <memory>
#include <optional>
#include <vector>

namespace drift {

enum class FieldShows { Arrows, Agreement, Forces };

/// The histogram of log10 of the ratios.
struct ForceBars {
    FrameKey frame;
    double low = 0, high = 0;     // its range
    std::vector<double> density;  // of the bins, per decade
    double median = 0;            // by weight; NaN where there is none
};

/// What a sampler that learns has learned in one state, and how it agrees with the exact field.
struct CorrectionPicture {
    FrameKey frame;
    std::shared_ptr<const CorrectionNumbers> field;
    std::shared_ptr<const TrainingNumbers> training;  // of that frame
    Agreement learned, dps;                           // on the grid; empty where the exact field is not known
    FieldNumbers learned_numbers, dps_numbers;        // at the particles that are steered
    int64_t steered = 0;                              // how many of them are
};

struct FieldView {
    FieldShows shows = FieldShows::Arrows;  // where the panel has no room for all
    bool follow_noise = true;               // the view widens and narrows with the noise level until moved by hand

    // All plots look at the same part of the plane
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    ImVec2 plot_size{300, 300};  // in the frame before

    // Of the state that is shown
    FrameKey frame;
    Followed followed;
    std::optional<GuidanceField> field;
    FieldNumbers numbers;
    std::vector<float> ratios;         // |shift| / |D - x| of a sample of the particles
    std::vector<float> ratio_weights;  // of the same; empty where all are equal
    ForceBars bars;

    CorrectionPicture correction;  // of methods that learn
    // What was asked for and is not there yet: while a run goes on, the picture before stays until then.
    FrameKey asked;
    FramePtr asked_frame;
};

}  // namespace drift
