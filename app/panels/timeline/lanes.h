// The lanes of the timeline: each shows one quantity over all steps of the run.
#pragma once

#include "app/panels/panels.h"
#include "app/playback.h"

#include "core/catalog.h"

#include <imgui.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace drift {

/// A rectangle of the panel that shows one quantity over all steps.
struct Lane {
    ImDrawList& list;
    TimeAxis time;
    float top = 0;
    float height = 1;

    float y_of(double share) const { return top + height * (1 - static_cast<float>(std::clamp(share, 0.0, 1.0))); }
};

/// The name of a lane, left of it.
void draw_label(const Lane& lane, float left, const char* text, ImU32 colour);
/// What the top and the foot of a lane stand for, right of it.
void draw_scale(const Lane& lane, const std::string& high, const std::string& low, ImU32 colour);

/// The effective sample size as a share of the particles, with a tick for each resampling, and over it the share of
/// first ancestors that are alive and the share of ESS that resampling waits for.
void draw_ess(const PanelContext& context, const Lane& lane);
/// The names of all this, left of the lane.
void draw_ess_labels(const Lane& lane, float left, bool light);
/// The share of the particles below which the ESS has to fall for a method to resample, where that can happen or not.
std::optional<double> threshold_worth_a_line(const Choice& sampler);
/// The range of log Z with two standard deviations, and the exact value where it is known.
std::pair<double, double> log_z_range(const Recording& recording);
void draw_log_z(const PanelContext& context, const Lane& lane, double low, double high);
/// Of methods that learn, across all lanes: where sampling begins, and where the training goes on after it.
void draw_training_parts(const PanelContext& context, const Lane& lanes);
/// The one lane of methods without weights.
void draw_only_lane(const PanelContext& context, const Lane& lane, float left);

}  // namespace drift
