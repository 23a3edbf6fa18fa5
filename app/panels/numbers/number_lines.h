// The pieces that the numbers panel is made of: sections that fold, lines of a title and a value, and lights.
#pragma once

#include "app/panels/panels.h"

#include "core/params.h"

#include <string>

namespace drift {

/// A heading that folds what is below it away; while folded it shows `summary` on the right. Returns whether it is
/// open.
bool begin_section(PanelContext& context, const char* title, const std::string& summary, bool open);

/// What to say of a number of the whole run while another state than the last is looked at: that it is of the end.
/// Empty where it is of the state shown, or is not known.
std::string end_note(const PanelContext& context);

/// A line in grey above numbers, saying what they are of; nothing where it is empty.
void caption_line(PanelContext& context, const std::string& text);

/// Two columns for line(); false where nothing is visible.
bool begin_lines(const char* id);
void end_lines();

/// One line: title, value, and in grey what to compare it with.
void line(PanelContext& context, const char* title, const std::string& value, const std::string& reference,
          const Help& help);

/// How a number is to be taken. None where it is not known.
enum class Light { None, Good, Caution, Bad };

/// A line with a light in front of `word`: a disc, a triangle or a square, so that colour is not the only sign.
void light_line(PanelContext& context, const char* title, const std::string& value, Light light, const char* word,
                const std::string& reference, const Help& help);

/// A number and what it is compared with, as text.
struct Compared {
    std::string value = "-";
    std::string reference;
};

/// An estimate with its standard error, which may be a lower bound.
std::string estimate_text(double value, double sd, bool lower_bound);

/// Estimate minus exact log Z, and how many standard errors that is; "-" where one of both is not known. `note` says
/// which state it is of.
Compared log_z_error_text(const Summary& summary, const std::string& note = {});

/// What log Z is compared with at the last state or, where it is of another integral, before.
std::string exact_log_z_text(const Scene& scene, bool last);

/// The largest amplification of all steps to come, and which it is of; NaN where it cannot be foretold.
struct Foretold {
    double factor = undefined_number;
    int64_t step = 0;
};
Foretold largest_amplification(const Scene& scene);

/// Sections of the panel.
void draw_weights(PanelContext& context, const Frame& frame, const Scene& scene);
void draw_weight_details(PanelContext& context, const Frame& frame, const Scene& scene);

/// Lines of the posterior mean beside the exact one, where samples are points.
void draw_mean(PanelContext& context, const Scene& scene);

/// Bars of the shares of the modes of the exact posterior, with the exact ones.
void draw_mode_bars(PanelContext& context, const MixtureView& modes, const ModeShares& shares);

}  // namespace drift
