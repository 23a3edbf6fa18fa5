#include "app/panels/data/legend.h"

#include "app/gl/graphics.h"
#include "app/panels/data/residuals.h"
#include "app/panels/flow.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <string>

namespace drift {
namespace {

constexpr float scale_width = 6;      // of colours, in heights of a letter
constexpr float short_width = 4;      // of the same beside the lists
constexpr float compact_height = 25;  // in lines of text: below this the plot gets the room

struct ColourName {
    ColourBy value;
    const char* name;
    const char* help;
};
constexpr std::array<ColourName, 5> colour_names{
    {{ColourBy::Weight, "weight", "each particle's share of the weight, on a logarithmic scale"},
     {ColourBy::Mode, "mode", "the component of the prior that a particle is nearest to"},
     {ColourBy::Ancestor, "ancestor", "the first ancestor; particles of one colour may be one family"},
     {ColourBy::Residual, "residual",
      "|delta|, how far the trajectory of a particle is from balance: 0 where policy and posterior agree on it.\n"
      "delta = log Z + sum log q / ref - log w. Grey until the trajectories have ended"},
     {ColourBy::Plain, "one colour", "all the same"}}};

/// Trajectories have residuals where a sampler has learned.
bool shows_residuals(const PanelContext& context) {
    return context.view.colour_by == ColourBy::Residual && context.frame()->training != nullptr;
}

void draw_colour_list(View& view, bool learns) {
    for (const ColourName& name : colour_names) {
        if ((name.value != ColourBy::Residual || learns) && view.takes_focus(name.name)) {
            view.colour_by = name.value;
        }
    }
    ImGui::SetNextItemWidth(7.5F * ImGui::GetFontSize());
    const auto current = std::find_if(colour_names.begin(), colour_names.end(),
                                      [&view](const ColourName& name) { return name.value == view.colour_by; });
    if (ImGui::BeginCombo("##colour by", current->name)) {
        for (const ColourName& name : colour_names) {
            if (name.value == ColourBy::Residual && !learns) {
                continue;
            }
            if (ImGui::Selectable(name.name, name.value == view.colour_by)) {
                view.colour_by = name.value;
            }
            ImGui::SetItemTooltip("%s", name.help);
        }
        ImGui::EndCombo();
    }
    ImGui::SetItemTooltip("Colour of the particles");
}

void draw_axis_lists(const Scene& scene, DataView& data) {
    const int64_t d = dimension_of(scene, data.space);
    for (int64_t* axis : {&data.axis_x, &data.axis_y}) {
        flow(4 * ImGui::GetFontSize());
        ImGui::SetNextItemWidth(4 * ImGui::GetFontSize());
        if (ImGui::BeginCombo(axis == &data.axis_x ? "##horizontal axis" : "##vertical axis",
                              axis_name(data.space, *axis).c_str())) {
            for (int64_t i = 0; i < d; ++i) {
                const bool taken = i == (axis == &data.axis_x ? data.axis_y : data.axis_x);
                if (ImGui::Selectable(axis_name(data.space, i).c_str(), i == *axis,
                                      taken ? ImGuiSelectableFlags_Disabled : 0)) {
                    *axis = i;
                }
            }
            ImGui::EndCombo();
        }
        ImGui::SetItemTooltip(axis == &data.axis_x ? "Horizontal axis" : "Vertical axis");
    }
}

/// Room for a sign of that width and its text; returns where the sign goes.
ImVec2 begin_entry(float sign_width, const char* text) {
    const float em = ImGui::GetFontSize();
    const float width = sign_width + 0.4F * em + ImGui::CalcTextSize(text).x;
    flow(width + 0.8F * em);
    if (ImGui::GetCursorPosX() > ImGui::GetStyle().WindowPadding.x + em) {  // not the first one in its line
        ImGui::Dummy({0.4F * em, em});
        ImGui::SameLine();
    }
    const float left = ImGui::GetCursorScreenPos().x;
    ImGui::Dummy({sign_width, em});
    ImGui::SameLine(0, 0.4F * em);
    ImGui::TextDisabled("%s", text);
    return {left, ImGui::GetItemRectMin().y + 0.55F * em};  // beside lists text stands lower
}

void draw_line_entry(const ImVec4& colour, float thickness, float alpha, const char* text) {
    const float em = ImGui::GetFontSize();
    const ImVec2 at = begin_entry(1.6F * em, text);
    ImGui::GetWindowDrawList()->AddLine(at, {at.x + 1.6F * em, at.y}, to_u32(colour, alpha), thickness);
}

void draw_measurement_entry(const Scene& scene, bool noise, const ImVec4& colour) {
    if (scene.lines.empty() || (noise && !scene.decoder_grid)) {
        return;
    }
    const bool edge = scene.lines.front().edge;
    if (noise) {
        draw_line_entry(colour, 1.5F, 0.8F, edge ? "the edge, seen through f" : "where f(z) fits the measurement");
    } else {
        draw_line_entry(colour, 2, 1, edge ? "edge; shaded: not wanted" : "measurement, one sd");
    }
}

/// The colours of values over that width, with marks at these shares of the way.
void draw_value_scale(const ImVec2& at, float width, std::initializer_list<double> marks, bool light) {
    const float em = ImGui::GetFontSize();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const int pieces = 48;
    for (int i = 0; i < pieces; ++i) {
        const float x = at.x + width * static_cast<float>(i) / pieces;
        list.AddRectFilled({x, at.y - 0.3F * em}, {x + width / pieces + 1, at.y + 0.3F * em},
                           to_u32(value_colour(static_cast<double>(i) / (pieces - 1), light)));
    }
    for (const double share : marks) {
        const float x = at.x + width * static_cast<float>(share);
        list.AddLine({x, at.y - 0.42F * em}, {x, at.y + 0.42F * em}, to_u32(palette(light).text), 1);
    }
}

void draw_weight_scale(bool light) {
    const float width = scale_width * ImGui::GetFontSize();
    draw_value_scale(begin_entry(width, "weight from 1/100 to 100 of an equal share"), width, {0.0, 0.5, 1.0}, light);
}

/// Of |delta|, in as few words as there is room for.
void draw_residual_scale(bool known, bool brief, bool light) {
    if (!known) {
        draw_line_entry(palette(light).faint, 3, 1,
                        brief ? "residual not known yet" : "residual not known before the trajectory ends");
        return;
    }
    const float width = (brief ? short_width : scale_width) * ImGui::GetFontSize();
    const ImVec2 at = begin_entry(width, brief ? "0 to 100 nats" : "residual |delta| at 0, 1, 10 and 100 nats");
    ImGui::SetItemTooltip("Residual |delta|; the marks are at 0, 1, 10 and 100 nats");
    draw_value_scale(
        at, width, {residual_on_scale(0), residual_on_scale(1), residual_on_scale(10), residual_on_scale(100)}, light);
}

void draw_arrow_entry(const ImVec4& colour, const char* name, double scale) {
    const float em = ImGui::GetFontSize();
    const float length = 2.8F * em;
    char text[64];
    std::snprintf(text, sizeof text, "%s (this long: %.2g)", name, static_cast<double>(length) / scale);
    const ImVec2 at = begin_entry(length, text);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddLine(at, {at.x + length - 6, at.y}, to_u32(colour), 1.6F);
    list.AddTriangleFilled({at.x + length, at.y}, {at.x + length - 7, at.y - 4}, {at.x + length - 7, at.y + 4},
                           to_u32(colour));
}

/// What can be drawn of particles in a plane.
void draw_particle_switches(View& view, const Scene& scene, Space space) {
    const bool noisy = !scene.sigma.empty();
    flow_checkbox("Trails", view.trails, "The last eight steps of every particle, through its ancestors");
    if (space == Space::Noise || scene.noise_space()) {
        return;
    }
    flow_checkbox("Denoised", view.ghosts,
                  "Hollow dots: the clean sample that the model predicts from each particle, D(x)", noisy);
    flow_checkbox("Score", view.score_arrows, "Arrows of the score (D - x) / sigma^2: where the prior pulls", noisy);
    flow_checkbox(
        "Guidance", view.guidance_arrows,
        "Arrows of the guidance, shift / sigma^2, on the same scale as the score: where the measurement pulls",
        scene.guided);
    flow_checkbox("Sum", view.total_arrows,
                  "Arrows of score and guidance together, (D + shift - x) / sigma^2, on the same scale: where a\n"
                  "particle is really going",
                  scene.guided);
}

/// What to show, one switch each.
void draw_switches(PanelContext& context, DataView& data) {
    View& view = context.view;
    const Scene& scene = *context.scene();
    const bool flat = dimension_of(scene, data.space) == 1;
    if (!flat) {
        draw_particle_switches(view, scene, data.space);
    }
    flow_checkbox(
        "Truth", view.truth,
        !flat ? "Contours that hold 50, 80 and 95 % of the exact posterior" : "The density of the exact posterior",
        knows_posterior(scene, data.space));
    flow_checkbox("Prior", data.prior,
                  !flat ? "Contours of what the model believes before any measurement"
                        : "The density of what the model believes before any measurement",
                  prior_of(scene, data.space).has_value());
    if (scene.decoder_grid && data.space == Space::Noise && scene.dimension() == 1) {
        flow_checkbox(
            "Levels", context.graphics->decoder_grid,
            "Lines of noise z that the decoder f makes the same data x = f(z) of: where they come close f is\n"
            "steep, and little noise is spread over many data");
    } else if (scene.decoder_grid && data.space == Space::Noise) {
        flow_checkbox("Grid", context.graphics->decoder_grid,
                      "A square grid of the noise z, and in the data panel what the decoder f makes of it: where its\n"
                      "lines come close much noise is pressed into few data, and where they cross the map is folded");
    }
    if (scene.sigma.empty() || (scene.noise_space() && data.space == Space::Data)) {
        return;
    }
    const char* names[] = {"at this noise level", "without noise"};
    flow(10.5F * ImGui::GetFontSize());
    ImGui::SetNextItemWidth(10.5F * ImGui::GetFontSize());
    int at = static_cast<int>(data.truth_at);
    ImGui::BeginDisabled(!knows_posterior(scene, data.space) && !prior_of(scene, data.space));
    if (ImGui::Combo("##truth at", &at, names, 2)) {
        data.truth_at = static_cast<TruthAt>(at);
    }
    ImGui::EndDisabled();
    ImGui::SetItemTooltip(
        "Contours of the exact densities: as they are at the noise level of the state shown, which is\n"
        "what the particles should look like now, or of the clean samples at the end");
}

void draw_fit(DataView& data) {
    flow(ImGui::CalcTextSize("Fit").x + 2 * ImGui::GetStyle().FramePadding.x);
    ImGui::BeginDisabled(data.follow_noise);
    if (ImGui::Button("Fit")) {
        data.follow_noise = true;
    }
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("Widen and narrow the view with the noise level again");
}

/// The same in a popup, where a row of switches would leave the plot no room.
void draw_switches_popup(PanelContext& context, DataView& data) {
    flow(ImGui::CalcTextSize("Show...").x + 2 * ImGui::GetStyle().FramePadding.x);
    if (ImGui::Button("Show...")) {
        ImGui::OpenPopup("show");
    }
    if (ImGui::BeginPopup("show")) {
        ImGui::Dummy({18 * ImGui::GetFontSize(), 0});
        draw_switches(context, data);
        ImGui::Separator();
        draw_data_legend(context, data);
        ImGui::EndPopup();
    }
}

}  // namespace

void draw_data_toolbar(PanelContext& context, DataView& data) {
    const int64_t d = dimension_of(*context.scene(), data.space);
    if (d > 1) {
        draw_colour_list(context.view, context.frame()->training != nullptr);
    } else {
        ImGui::Dummy({0, 0});  // what flow() looks back at
    }
    if (d > 2) {
        draw_axis_lists(*context.scene(), data);
    }
    draw_fit(data);
    if (ImGui::GetContentRegionAvail().y > compact_height * ImGui::GetFontSize()) {
        draw_switches(context, data);
    } else {
        draw_switches_popup(context, data);
        if (d > 1 && shows_residuals(context)) {  // nobody reads colours without a key
            draw_residual_scale(data.options.ended >= 0, true, context.view.light);
        }
    }
}

bool legend_fits() {
    return ImGui::GetContentRegionAvail().y > (compact_height - 4) * ImGui::GetFontSize();
}

void draw_data_legend(const PanelContext& context, const DataView& data) {
    const View& view = context.view;
    const Palette& colours = palette(view.light);
    const Scene& scene = *context.scene();
    const bool weighted = !context.frame()->weights.empty();
    const bool flat = dimension_of(scene, data.space) == 1;
    const bool noise = data.space == Space::Noise;
    ImGui::Dummy({0, 0});  // what flow() looks back at
    if (flat) {
        draw_line_entry(colours.particle, 0.6F * ImGui::GetFontSize(), 0.6F, "particles");
    } else if (view.colour_by == ColourBy::Weight && weighted) {
        draw_weight_scale(view.light);
    } else if (shows_residuals(context)) {
        draw_residual_scale(data.options.ended >= 0, false, view.light);
    }
    const float em = ImGui::GetFontSize();
    if (scene.noise_space() && !noise && !flat && !scene.sigma.empty()) {
        // No state of the data themselves: each particle is shown by what its noise is on its way to.
        const ImVec2 at = begin_entry(0.8F * em, "f(D(z)), the data that each noise z is heading for");
        ImGui::GetWindowDrawList()->AddCircleFilled({at.x + 0.4F * em, at.y}, 0.25F * em, to_u32(colours.particle));
    } else if (view.ghosts && !flat && !noise && !scene.sigma.empty()) {
        const ImVec2 at = begin_entry(0.8F * em, "denoised D(x)");
        ImGui::GetWindowDrawList()->AddCircle({at.x + 0.4F * em, at.y}, 0.32F * em, to_u32(colours.text, 0.8F), 0,
                                              1.6F);
    }
    if (data.arrow_scale > 0 && view.score_arrows) {
        draw_arrow_entry(colours.score, "score", data.arrow_scale);
    }
    if (data.arrow_scale > 0 && view.guidance_arrows && scene.guided) {
        draw_arrow_entry(colours.guidance, "guidance", data.arrow_scale);
    }
    if (data.arrow_scale > 0 && view.total_arrows && scene.guided) {
        draw_arrow_entry(colours.text, "sum", data.arrow_scale);
    }
    if (view.truth && knows_posterior(scene, data.space)) {
        draw_line_entry(colours.truth, 2, 1, flat ? "exact posterior" : "exact posterior 50, 80, 95 %");
    }
    if (data.prior && prior_of(scene, data.space)) {
        draw_line_entry(colours.faint, 1, 0.8F, noise ? "prior N(0, I)" : "prior");
    }
    if (noise && context.graphics->decoder_grid && data.levels.step > 0 &&
        data.levels.recording == context.recording_id) {
        char text[48];
        std::snprintf(text, sizeof text, "x = f(z), lines %.3g apart", data.levels.step);
        draw_line_entry(colours.particle, 1, 0.6F, text);
    }
    draw_measurement_entry(scene, noise, colours.measurement);
}

}  // namespace drift
