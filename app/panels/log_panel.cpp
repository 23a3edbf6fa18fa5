// What happened, newest at the bottom: with a filter, and to be copied as text.
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/theme.h"

#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <cstdio>
#include <string>

namespace drift {
namespace {

const char* word(Level level) {
    switch (level) {
        case Level::Good:
            return "done";
        case Level::Warning:
            return "warning";
        case Level::Error:
            return "error";
        case Level::Info:
            break;
    }
    return "";
}

std::string text_of(const LogEntry& entry) {
    char time[32];
    std::snprintf(time, sizeof time, "%7.1f  ", entry.seconds);
    std::string text = time;
    const std::string kind = word(entry.level);
    text += kind.empty() ? "" : kind + ": ";
    text += entry.text;
    return entry.repeats > 1 ? text + "  (" + std::to_string(entry.repeats) + " times)" : text;
}

}  // namespace

void draw_log_panel(PanelContext& context) {
    PanelMemory& memory = *context.memory;
    const float buttons =
        2 * (ImGui::CalcTextSize("Clear").x + 2 * ImGui::GetStyle().FramePadding.x + ImGui::GetStyle().ItemSpacing.x);
    ImGui::SetNextItemWidth(-buttons);
    ImGui::InputTextWithHint("##filter", "Filter", &memory.log_filter);
    ImGui::SameLine();
    const bool copy = ImGui::Button("Copy");
    ImGui::SameLine();
    if (ImGui::Button("Clear")) {
        context.log.clear();
    }
    std::string copied;
    if (ImGui::BeginChild("entries", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_HorizontalScrollbar)) {
        ImGuiTextFilter filter(memory.log_filter.c_str());
        for (const LogEntry& entry : context.log.entries()) {
            const std::string text = text_of(entry);
            if (!filter.PassFilter(text.c_str())) {
                continue;
            }
            ImGui::PushStyleColor(ImGuiCol_Text, level_colour(entry.level, context.view.light));
            ImGui::TextUnformatted(text.c_str());
            ImGui::PopStyleColor();
            if (copy) {
                copied += text + "\n";
            }
        }
        if (memory.log_count != context.log.count()) {
            memory.log_count = context.log.count();
            ImGui::SetScrollHereY(1);
        }
    }
    ImGui::EndChild();
    if (copy) {
        ImGui::SetClipboardText(copied.c_str());
    }
}

}  // namespace drift
