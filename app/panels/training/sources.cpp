// What the sampler learns from: its sources of trajectories and what its buffers hold.
#include "app/events.h"
#include "app/panels/dimmed.h"
#include "app/panels/numbers/number_lines.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// A bar as wide as the column, filled to `share`.
void draw_bar(const PanelContext& context, double share, const ImVec4& colour) {
    const Palette& colours = palette(context.view.light);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float width = std::max(ImGui::GetContentRegionAvail().x, 1.0F);
    const float height = ImGui::GetTextLineHeight();
    const float top = from.y + 0.2F * height;
    const float foot = from.y + 0.8F * height;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Dimmed old(list, context.stale);
    list.AddRectFilled({from.x, top}, {from.x + width, foot}, to_u32(colours.lane, 0.6F), 2);
    const auto filled = static_cast<float>(std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0));
    list.AddRectFilled({from.x, top}, {from.x + width * filled, foot}, to_u32(colour), 2);
    ImGui::Dummy({width, height});
}

void draw_source(const PanelContext& context, int64_t index, double share, double residual, double largest) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(source_title(static_cast<TrajectorySource>(index)));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(percent(share).c_str());
    ImGui::TableNextColumn();
    draw_bar(context, largest > 0 ? residual / largest : 0, source_colour(index, context.view.light));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(short_number(residual).c_str());
}

void draw_header(const char* title, const Help& help) {
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", title);
    help_tooltip(help);
}

void draw_residuals(const PanelContext& context, const TrainingNumbers& numbers) {
    const auto shares = source_shares(numbers);
    double largest = 0;
    for (const double residual : numbers.source_residual) {
        largest = std::isfinite(residual) ? std::max(largest, residual) : largest;
    }
    if (!ImGui::BeginTable("sources", 4, ImGuiTableFlags_SizingFixedFit)) {
        return;
    }
    ImGui::TableSetupColumn("source", ImGuiTableColumnFlags_WidthFixed);
    ImGui::TableSetupColumn("share", ImGuiTableColumnFlags_WidthFixed);
    ImGui::TableSetupColumn("bar", ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn("residual", ImGuiTableColumnFlags_WidthFixed);
    ImGui::TableNextRow();
    draw_header("source", {"Where the trajectories come from that are learned from.", {}, {}});
    draw_header("of a batch", {"Share of the newest batch.", "trajectories of the source / all", {}});
    draw_header("mean |delta|",
                {"Mean size of the residual of its trajectories, in nats: how far off the sampler is where this source "
                 "goes.",
                 "delta = log Z + sum log q / ref - log w", "Large for one source alone: modes are missed there."});
    draw_header("nats", {"Of delta, on a logarithmic scale of probability.", {}, {}});
    for (int64_t i = 0; i < trajectory_sources; ++i) {
        const auto place = static_cast<size_t>(i);
        if (numbers.source_count.at(place) > 0 || std::isfinite(numbers.source_residual.at(place))) {
            draw_source(context, i, shares.at(place), numbers.source_residual.at(place), largest);
        }
    }
    ImGui::EndTable();
}

std::string capacity_text(const PanelContext& context, const char* key, int64_t count) {
    const ParamSet& params = context.scenario().sampler.params;
    const auto* size = params.contains(key) ? std::get_if<int64_t>(&params.at(key).value) : nullptr;
    return count == 0 || size == nullptr ? "end points" : "of at most " + grouped(*size);
}

/// What end points are worth, and whether those that come now are better than those that are there.
void draw_contents(PanelContext& context, const BufferNumbers& numbers, const char* rewards, const char* rank) {
    if (!std::isfinite(numbers.median)) {
        return;
    }
    line(context, rewards, short_number(numbers.median),
         short_number(numbers.low) + " to " + short_number(numbers.high) + " nats",
         {"log r of the end points in the buffer: the median, and the range of the middle 80 %.",
          "10, 50 and 90 % quantiles of log r(x)", "Rising: what is found gets better. Far below log Z: little use."});
    line(context, rank, percent(numbers.newest_rank), "0 % best, 100 % worst",
         {"Where the end points that came last stand among all in the buffer, on average, by what they weigh.",
          "mean rank by log w, as a share of the buffer",
          "50 %: like what was there. Less: the sampler has learned since. More: it has forgotten."});
}

void draw_buffers(PanelContext& context, const TrainingNumbers& numbers) {
    if (!begin_lines("buffers")) {
        return;
    }
    line(context, "Replay buffer", grouped(numbers.buffer), capacity_text(context, "buffer_size", numbers.buffer),
         {"End points of earlier trajectories, which are taken backwards to be learned from again.",
          {},
          "The oldest leave first."});
    draw_contents(context, numbers.in_buffer, "  its rewards", "  rank of the newest");
    line(context, "Local search", grouped(numbers.local_buffer),
         capacity_text(context, "local_buffer", numbers.local_buffer),
         {"End points that Markov chains have improved.", {}, "0 while that source has no share."});
    draw_contents(context, numbers.in_local_buffer, "  its rewards", "  rank of the newest");
    if (numbers.local_buffer > 0) {
        line(context, "Accepted", share_text(numbers.acceptance), "step size " + short_number(numbers.step_size),
             {"Share of the moves of the local search that were accepted, and its step size, which is tuned to 57 %.",
              "MALA", "0: its chains stand still."});
    }
    line(context, "Inverse temperature", short_number(numbers.beta), "",
         {"The power of the reward that is aimed at just now.", "beta in beta log r", {}});
    if (numbers.source_count.at(static_cast<size_t>(TrajectorySource::Exploration)) > 0) {
        line(context, "Exploration", short_number(numbers.exploration), "of a step's own noise",
             {"Extra noise of the exploring trajectories.", "variance v (1 + e²)", {}});
    }
    line(context, "Gradient", short_number(numbers.gradient_norm), "rate " + short_number(numbers.learning_rate),
         {"Norm of the gradient before it is clipped, and the learning rate of Adam.", "|g|",
          "Far above the clip in every batch: lower the learning rate."});
    end_lines();
}

}  // namespace

void draw_sources(PanelContext& context, const TrainingNumbers& numbers) {
    draw_residuals(context, numbers);
    draw_buffers(context, numbers);
}

}  // namespace drift
