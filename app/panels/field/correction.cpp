// What a sampler has learned is a field: by how much it moves the expected end of the way. The exact one is Doob's
// transform, and DPS is what puts the expected end in the place of an expectation (trained_samplers.md 1.6).
#include "app/panels/field/correction.h"

#include "app/events.h"
#include "app/panels/borderless.h"
#include "app/panels/dimmed.h"
#include "app/panels/field/field_plane.h"
#include "app/panels/field/field_toolbar.h"
#include "app/panels/field/steering.h"
#include "app/panels/flow.h"
#include "app/panels/memory.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace drift {
namespace {

// In lines of text: room for so many plots.
constexpr float two_rows = 26;
constexpr float three_rows = 40;
constexpr float three_abreast = 42;

/// One of the three fields with its name and colour.
struct Named {
    const char* title = "";
    const char* id = "";
    const PlaneField& field;
    ImVec4 colour;
};

std::array<Named, 3> fields_of(const CorrectionNumbers& correction, bool light) {
    const Palette& colours = palette(light);
    return {Named{"learned", "##learned field", correction.learned, category_colour(2, light)},
            Named{"exact", "##exact field", correction.exact, colours.score},
            Named{"DPS", "##dps field", correction.dps, colours.guidance}};
}

void take_over(const FrameKey& key, const Frame& frame, FieldView& view) {
    CorrectionPicture& picture = view.correction;
    picture = {};
    picture.frame = key;
    picture.field = frame.correction->known();
    picture.training = frame.training;
    compare_fields(picture);
}

/// One after the other: of states that come faster than their fields can be computed, some are left out.
void update(const PanelContext& context, FieldView& view) {
    const FrameKey key = key_of(context, *context.frame());
    if (view.correction.frame == key) {
        return;
    }
    if (context.frame()->correction->known() != nullptr) {
        take_over(key, *context.frame(), view);
        view.asked_frame = nullptr;
        return;
    }
    const bool of_this_run = view.asked_frame != nullptr && view.asked.recording == context.recording_id;
    const bool arrived = of_this_run && view.asked_frame->correction->known() != nullptr;
    if (arrived && !(view.correction.frame == view.asked)) {
        take_over(view.asked, *view.asked_frame, view);
    }
    const bool failed = of_this_run && !view.asked_frame->correction->failure().empty();
    const bool another = !(view.asked == key) && (arrived || failed || !context.running);
    if (!of_this_run || another) {  // at rest it is this state that is waited for
        view.asked = key;
        view.asked_frame = context.recording.at(context.step);
        if (context.look_at_field) {
            context.look_at_field(view.asked_frame->correction);
        }
    }
    context.memory->awaiting = view.asked_frame->correction->failure().empty();
}

void draw_choice(View& wanted, FieldView& view) {
    static constexpr std::array<const char*, 2> names{"arrows", "agreement"};
    if (wanted.takes_focus(names[0])) {
        view.shows = FieldShows::Arrows;
    } else if (wanted.takes_focus(names[1])) {
        view.shows = FieldShows::Agreement;
    }
    const bool maps = view.shows == FieldShows::Agreement;
    ImGui::SetNextItemWidth(7.5F * ImGui::GetFontSize());
    if (ImGui::BeginCombo("##shows", names[maps ? 1 : 0])) {
        if (ImGui::Selectable(names[0], !maps)) {
            view.shows = FieldShows::Arrows;
        }
        ImGui::SetItemTooltip("The learned field beside the exact one and that of DPS, on one scale");
        if (ImGui::Selectable(names[1], maps)) {
            view.shows = FieldShows::Agreement;
        }
        ImGui::SetItemTooltip("The angle between them and the exact one, and the ratio of the lengths");
        ImGui::EndCombo();
    }
    ImGui::SetItemTooltip("What is shown; a higher panel shows all of it");
}

void flowing_text(const std::string& text, bool faint, const char* help) {
    flow(ImGui::CalcTextSize(text.c_str()).x);
    ImGui::AlignTextToFramePadding();
    faint ? ImGui::TextDisabled("%s", text.c_str()) : ImGui::TextUnformatted(text.c_str());
    ImGui::SetItemTooltip("%s", help);
}

void draw_numbers(const FieldView& view) {
    const CorrectionPicture& picture = view.correction;
    const CorrectionNumbers& field = *picture.field;
    const TrainingNumbers& training = *picture.training;
    const std::string place =
        "step " + std::to_string(field.step) + " of " + std::to_string(field.steps) +
        (training.sampled < 0 ? ", after " + grouped(training.iteration) + " iterations" : std::string()) + ", sigma " +
        short_number(field.sigma);
    flowing_text(place, true,
                 "Which step of the sampling the fields belong to: the one that leaves the state shown. While the\n"
                 "sampler learns, the one half way. sigma is the noise of the place on the end that it stands for.");
    constexpr const char* help =
        "Medians over particles of the policy at that step, against the exact field: cosine of the angle, and\n"
        "ratio of the lengths. The exact field itself has cosine 1 and ratio 1. Particles count where it is at\n"
        "least 1 % of sigma: elsewhere y has nothing left to say, and maps are empty.\n"
        "exact (Doob): E[x_T | x_k, y] - E[x_T | x_k] = sigma^2 grad log E[w(x_T) | x_k], by a closed form or a grid\n"
        "DPS:   sigma^2 grad log w(E[x_T | x_k])\n"
        "w is the reward r; for a diffusion sampler p0 r / N(0, sigma^2), with the prior p0\n"
        "learned: shift of the mean of the step, divided by the share of the end in that mean";
    for (const std::string& text : steering_texts(picture)) {
        flowing_text(text, false, help);
    }
}

void draw_toolbar(PanelContext& context, FieldView& view, bool all) {
    ImGui::Dummy({0, 0});  // what flow() looks back at
    if (!all) {
        draw_choice(context.view, view);
    }
    draw_fit_button(view);
    draw_numbers(view);
    draw_caution(context);
}

void draw_places(const CorrectionNumbers& field, bool light) {
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i + 1 < field.places.size(); i += 2) {
        if (std::isfinite(field.places[i] + field.places[i + 1])) {
            draw_dot({field.places[i], field.places[i + 1]}, light);
        }
    }
    ImPlot::PopPlotClipRect();
}

/// The grid point under the mouse with all that is known of it.
void describe_point(const CorrectionNumbers& field, bool light) {
    const int point = point_at_mouse(field.box);
    if (point < 0 || !ImGui::BeginTooltip()) {
        return;
    }
    const auto i = static_cast<size_t>(point);
    const GridBox& box = field.box;
    const double step = (box.x_max - box.x_min) / (box.columns - 1);
    const int column = point % box.columns;
    const int row = point / box.columns;
    ImGui::Text("at %s = (%.3g, %.3g)", field.noise_space ? "z" : "x", box.x_min + step * column,
                box.y_min + step * row);
    for (const Named& named : fields_of(field, light)) {
        if (named.field.known()) {
            ImGui::TextColored(named.colour, "%s: (%.3g, %.3g)", named.title,
                               static_cast<double>(named.field.on_grid[2 * i]),
                               static_cast<double>(named.field.on_grid[2 * i + 1]));
        }
    }
    ImGui::TextDisabled("by how much the expected end of the way moves, in its units");
    ImGui::EndTooltip();
}

PlaneAxes axes_of(const CorrectionNumbers& field) {
    return field.noise_space ? PlaneAxes{"z1", "z2"} : PlaneAxes{};
}

/// One plot among those that fill the panel.
struct Tile {
    enum class Shows { Field, Cosine, Ratio } shows = Shows::Field;
    int which = 0;  // of fields_of(); 0 learned, 1 exact, 2 DPS
};

std::vector<Tile> arrow_tiles(const CorrectionNumbers& field) {
    std::vector<Tile> tiles{{Tile::Shows::Field, 0}};
    if (field.exact.known()) {
        tiles.push_back({Tile::Shows::Field, 1});
    }
    if (field.dps.known()) {
        tiles.push_back({Tile::Shows::Field, 2});
    }
    return tiles;
}

/// The most telling first: a panel may have no room for the others.
std::vector<Tile> map_tiles(const CorrectionNumbers& field) {
    std::vector<Tile> tiles{{Tile::Shows::Cosine, 0}};
    if (field.dps.known()) {
        tiles.push_back({Tile::Shows::Cosine, 2});
    }
    tiles.push_back({Tile::Shows::Ratio, 0});
    return tiles;
}

void draw_arrows(const PanelContext& context, FieldView& view, const ImVec2& size, int which) {
    const CorrectionNumbers& field = *view.correction.field;
    const bool light = context.view.light;
    const std::array<Named, 3> all = fields_of(field, light);
    const Named& named = all.at(static_cast<size_t>(which));
    if (begin_plane(named.id, size, view, field.box, axes_of(field))) {
        const double cell = cell_width(view, field.box);
        const double scale = scale_for(lengths_that_count(field), cell);
        {
            const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
            draw_places(field, light);
            draw_vectors(field.box, named.field.on_grid, scale, cell, to_u32(named.colour));
        }
        draw_plane_title(named.title, named.colour);
        describe_point(field, light);
        end_plane(view);
    }
}

void draw_map_plane(const PanelContext& context, FieldView& view, const ImVec2& size, const HeatMap& map) {
    const CorrectionNumbers& field = *view.correction.field;
    if (!begin_plane((std::string("##") + map.title).c_str(), size, view, field.box, axes_of(field))) {
        return;
    }
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_cells(field.box, map, context.view.light);
        draw_places(field, context.view.light);
    }
    draw_plane_title(map.title, palette(context.view.light).text);
    describe_point(field, context.view.light);
    end_plane(view);
}

/// With its colours below it; `size` holds both.
void draw_map(const PanelContext& context, FieldView& view, const ImVec2& size, const HeatMap& map) {
    ImGui::BeginGroup();
    const float below = colour_bar_height() + ImGui::GetStyle().ItemSpacing.y;
    draw_map_plane(context, view, {size.x, size.y - below}, map);
    draw_colour_bar(map, size.x, context.view.light);
    ImGui::EndGroup();
}

void draw_tile(const PanelContext& context, FieldView& view, const ImVec2& size, const Tile& tile) {
    const CorrectionPicture& picture = view.correction;
    if (tile.shows == Tile::Shows::Field) {
        draw_arrows(context, view, size, tile.which);
    } else if (tile.shows == Tile::Shows::Ratio) {
        draw_map(context, view, size, ratio_map("|learned| / |exact|", picture.learned.log_ratio));
    } else if (tile.which == 0) {
        draw_map(context, view, size, cosine_map("cosine, learned", picture.learned.cosine));
    } else {
        draw_map(context, view, size, cosine_map("cosine, DPS", picture.dps.cosine));
    }
}

/// As many tiles as that many rows and columns hold.
void draw_tiles(const PanelContext& context, FieldView& view, const std::vector<Tile>& tiles, int columns, int rows) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 gap = ImGui::GetStyle().ItemSpacing;
    const float height = std::max(room.y, 8 * ImGui::GetFontSize());
    const ImVec2 size{(room.x - static_cast<float>(columns - 1) * gap.x) / static_cast<float>(columns),
                      (height - static_cast<float>(rows - 1) * gap.y) / static_cast<float>(rows)};
    const auto count = std::min(tiles.size(), static_cast<size_t>(columns * rows));
    const Borderless plots;
    for (size_t i = 0; i < count; ++i) {
        if (i % static_cast<size_t>(columns) != 0) {
            ImGui::SameLine();
        }
        draw_tile(context, view, size, tiles[i]);
    }
}

const char* why_not_exact(const CorrectionNumbers& field) {
    return field.noise_space ? "The exact field is not known at this step: the map from noise has no closed form, and "
                               "either asks networks, or leaves noise that is too narrow for a grid."
                             : "The exact field is known for mixture priors with a posterior in closed form.";
}

}  // namespace

std::vector<float> lengths_that_count(const CorrectionNumbers& field) {
    std::vector<float> all;
    for (const PlaneField* each : {&field.learned, &field.exact}) {
        all.insert(all.end(), each->at_places.begin(), each->at_places.end());
    }
    const bool some = std::any_of(all.begin(), all.end(), [](float x) { return std::isfinite(x) && x != 0; });
    return some ? all : (field.exact.known() ? field.exact : field.learned).on_grid;
}

int64_t corrected_state(const Recording& recording, int64_t step) {
    while (step >= 0 && recording.at(step)->correction == nullptr) {
        --step;
    }
    return step;
}

void draw_correction(PanelContext& context, FieldView& view) {
    PanelContext there = context;
    there.step = corrected_state(context.recording, context.step);
    if (there.step < 0) {
        ImGui::TextWrapped(
            "What a sampler has learned is shown here where it moves points of the plane, in data space or in noise "
            "space. This one moves none, or its first states were not kept.");
        return;
    }
    update(there, view);
    if (view.correction.field == nullptr || view.correction.frame.recording != context.recording_id) {
        const std::string failure = there.frame()->correction->failure();
        ImGui::TextWrapped("%s", failure.empty() ? "Looking at what was learned ..." : failure.c_str());
        return;
    }
    const CorrectionNumbers& field = *view.correction.field;
    const float em = ImGui::GetFontSize();
    const bool wide = ImGui::GetContentRegionAvail().x > three_abreast * em;
    const bool tall = ImGui::GetContentRegionAvail().y > two_rows * em;
    draw_toolbar(there, view, tall || !field.exact.known());
    if (!field.exact.known()) {
        ImGui::TextWrapped("%s", why_not_exact(field));
    }
    std::vector<Tile> tiles = arrow_tiles(field);
    const std::vector<Tile> maps = field.exact.known() ? map_tiles(field) : std::vector<Tile>{};
    if (!tall) {
        const bool agreement = view.shows == FieldShows::Agreement && !maps.empty();
        const std::vector<Tile>& row = agreement ? maps : tiles;
        draw_tiles(there, view, row, static_cast<int>(row.size()), 1);
        return;
    }
    const auto arrows = static_cast<int>(tiles.size());
    tiles.insert(tiles.end(), maps.begin(), maps.end());
    const int columns = wide ? arrows : std::min(arrows, 2);
    const int all_rows = (static_cast<int>(tiles.size()) + columns - 1) / columns;
    draw_tiles(there, view, tiles, columns,
               std::min(all_rows, ImGui::GetContentRegionAvail().y > three_rows * em ? 3 : 2));
}

}  // namespace drift
