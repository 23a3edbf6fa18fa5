// What the method believes of the likelihood, or has learned of it, beside what is true, over the plane: only problems
// with a closed form can show that (guidance.md 7).
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/panels/field/correction.h"
#include "app/panels/field/field_plane.h"
#include "app/panels/field/field_plots.h"
#include "app/panels/field/field_sample.h"
#include "app/panels/field/field_toolbar.h"
#include "app/panels/flow.h"
#include "app/panels/panels.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

constexpr float tall = 40;  // in lines of text: room for all plots
constexpr float histogram_height = 8;
constexpr size_t most_particles = 4000;  // looked at in one frame: medians and histograms of more look the same
constexpr float least_histogram = 7;     // or the name of its axis would reach beyond it

/// The nearest state at or before the one shown that guidance leaves with all its arrays; -1 for none. The clean
/// samples have none, the state before them does.
int64_t guided_state(const PanelContext& context) {
    int64_t k = context.step;
    while (k >= 0 && context.recording.at(k)->shift.empty()) {
        --k;
    }
    return k;
}

void update_field(const PanelContext& context, FieldView& view) {
    const Frame& frame = *context.frame();
    const FrameKey key = key_of(context, frame);
    if (view.frame == key) {
        return;
    }
    view.frame = key;
    view.field = guidance_field(frame, *context.scene());
    Frame some = sample_of(frame, most_particles);
    view.numbers = field_at_particles(some, *context.scene());
    view.ratios = force_ratios(some);
    view.ratio_weights = std::move(some.weights);
}

void draw_choice(View& wanted, FieldView& view) {
    struct Choice {
        FieldShows value;
        const char* name;
        const char* help;
    };
    static constexpr Choice choices[] = {
        {FieldShows::Arrows, "arrows", "the method's guidance beside the exact one, on one scale"},
        {FieldShows::Agreement, "agreement", "the angle between them and the ratio of their lengths"},
        {FieldShows::Forces, "forces", "how hard guidance pulls against the score, particle by particle"}};
    for (const Choice& choice : choices) {
        view.shows = wanted.takes_focus(choice.name) ? choice.value : view.shows;
    }
    ImGui::SetNextItemWidth(7.5F * ImGui::GetFontSize());
    if (ImGui::BeginCombo("##shows", choices[static_cast<size_t>(view.shows)].name)) {
        for (const Choice& choice : choices) {
            if (ImGui::Selectable(choice.name, choice.value == view.shows)) {
                view.shows = choice.value;
            }
            ImGui::SetItemTooltip("%s", choice.help);
        }
        ImGui::EndCombo();
    }
    ImGui::SetItemTooltip("What is shown; a higher panel shows all of it");
}

void draw_numbers(const PanelContext& context, const FieldView& view) {
    const StepNumbers& numbers = context.frame()->numbers;
    const std::string state = "step " + std::to_string(numbers.step) + ", sigma " + short_number(numbers.sigma);
    flow(ImGui::CalcTextSize(state.c_str()).x);
    ImGui::AlignTextToFramePadding();
    ImGui::TextDisabled("%s", state.c_str());
    if (!view.field) {
        return;
    }
    const std::string text = "at the particles: cosine " + short_number(view.numbers.cosine) + ", |method| / |exact| " +
                             short_number(view.numbers.ratio);
    flow(ImGui::CalcTextSize(text.c_str()).x);
    ImGui::TextUnformatted(text.c_str());
    ImGui::SetItemTooltip(
        "Weighted medians over the particles. Exact guidance has cosine 1 and ratio 1.\n"
        "exact: sigma^2 grad log p(y | x_sigma) = E[x0 | x, y] - E[x0 | x]");
}

void draw_toolbar(PanelContext& context, FieldView& view, bool all) {
    ImGui::Dummy({0, 0});  // what flow() looks back at
    if (!all && view.field) {
        draw_choice(context.view, view);
    }
    if (view.field) {
        draw_fit_button(view);
    }
    draw_numbers(context, view);
    draw_caution(context);
}

void draw_all(PanelContext& context, FieldView& view) {
    const float gap = ImGui::GetStyle().ItemSpacing.y;
    const float forces = histogram_height * ImGui::GetFontSize();
    const float each = (ImGui::GetContentRegionAvail().y - forces - 2 * gap) / 2;
    draw_field_arrows(context, view, each);
    draw_field_agreement(context, view, each);
    draw_force_histogram(context, view, forces);
}

/// One pair of plots, square as the grid is, and the forces in what room is left below.
void draw_chosen(PanelContext& context, FieldView& view) {
    const float em = ImGui::GetFontSize();
    const float room = std::max(ImGui::GetContentRegionAvail().y, 8 * em);
    if (view.shows == FieldShows::Forces) {
        return draw_force_histogram(context, view, room);
    }
    const float colours =
        view.shows == FieldShows::Agreement ? colour_bar_height() + ImGui::GetStyle().ItemSpacing.y : 0;
    const float spare = room - colours - std::max(ImGui::GetContentRegionAvail().x / 2, 10 * em);
    const float forces = spare > least_histogram * em ? spare - ImGui::GetStyle().ItemSpacing.y : 0;
    const float height = room - (forces > 0 ? spare : 0);
    if (view.shows == FieldShows::Arrows) {
        draw_field_arrows(context, view, height);
    } else {
        draw_field_agreement(context, view, height);
    }
    if (forces > 0) {
        draw_force_histogram(context, view, forces);
    }
}

}  // namespace

void draw_field_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    const Scene& scene = *context.scene();
    if (context.frame()->training != nullptr) {
        draw_correction(context, context.graphics->field);
        return;
    }
    if (!scene.guided) {
        ImGui::TextWrapped(
            "This method has no guidance: nothing is added to the denoised prediction. Choose DPS, TMPD or TDS, or a "
            "method that learns.");
        return;
    }
    if (scene.noise_space()) {
        ImGui::TextWrapped("This method guides the noise z: there is no guidance of the data to compare with here.");
        return;
    }
    const int64_t step = guided_state(context);
    if (step < 0) {
        ImGui::TextWrapped("No state with its guidance is left of this part of the run.");
        return;
    }
    PanelContext there = context;
    there.step = step;
    FieldView& view = context.graphics->field;
    update_field(there, view);
    const bool all = ImGui::GetContentRegionAvail().y > tall * ImGui::GetFontSize();
    draw_toolbar(there, view, all);
    if (!view.field) {
        ImGui::TextWrapped("%s", has_exact_field(scene)
                                     ? "This state carries no field: its guidance is not known away from the "
                                       "particles, as where they pull on each other."
                                     : "The exact guidance is known only for points in the plane under a mixture prior "
                                       "and a linear measurement, so there is no field to compare with here.");
        draw_force_histogram(
            there, view,
            std::clamp(ImGui::GetContentRegionAvail().y, 5 * ImGui::GetFontSize(), 16 * ImGui::GetFontSize()));
        return;
    }
    all ? draw_all(there, view) : draw_chosen(there, view);
}

}  // namespace drift
