#include "app/toasts.h"

#include "app/theme.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

constexpr size_t max_shown = 4;

double duration(const LogEntry& entry) {
    const Level level = entry.level;
    return !entry.action.empty() ? 20 : level == Level::Error || level == Level::Warning ? 8 : 4;
}

}  // namespace

void Toasts::collect(const Log& log) {
    const int64_t fresh = std::min<int64_t>(log.count() - seen_, static_cast<int64_t>(log.entries().size()));
    seen_ = log.count();
    for (int64_t i = fresh; i > 0; --i) {
        const LogEntry& entry = log.entries()[log.entries().size() - static_cast<size_t>(i)];
        if (!entry.toast) {
            continue;
        }
        const auto same =
            std::find_if(shown_.begin(), shown_.end(), [&](const Toast& t) { return t.entry.text == entry.text; });
        if (same != shown_.end()) {
            same->until = Log::now() + duration(entry);
        } else {
            shown_.push_back({entry, Log::now() + duration(entry)});
        }
    }
    if (shown_.size() > max_shown) {
        shown_.erase(shown_.begin(), shown_.end() - max_shown);
    }
}

std::string Toasts::draw(const Log& log, bool light) {
    collect(log);
    std::string wanted;
    const ImGuiViewport& viewport = *ImGui::GetMainViewport();
    const float gap = ImGui::GetFontSize() * 0.6F;
    ImVec2 corner{viewport.WorkPos.x + viewport.WorkSize.x - gap, viewport.WorkPos.y + viewport.WorkSize.y - 3 * gap};
    for (size_t i = shown_.size(); i-- > 0;) {
        Toast& toast = shown_[i];
        const ImVec4 colour = level_colour(toast.entry.level, light);
        ImGui::SetNextWindowPos(corner, ImGuiCond_Always, {1, 1});
        ImGui::SetNextWindowSizeConstraints({ImGui::GetFontSize() * 14, 0}, {ImGui::GetFontSize() * 30, FLT_MAX});
        ImGui::PushStyleColor(ImGuiCol_Border, colour);
        const std::string id = "##toast" + std::to_string(i);
        ImGui::Begin(id.c_str(), nullptr,
                     ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoDocking |
                         ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav |
                         ImGuiWindowFlags_AlwaysAutoResize);
        ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
        ImGui::PushTextWrapPos(ImGui::GetFontSize() * 28);
        ImGui::TextUnformatted(toast.entry.text.c_str());
        ImGui::PopTextWrapPos();
        if (!toast.entry.action.empty() && ImGui::Button((toast.entry.label + "###" + toast.entry.action).c_str())) {
            wanted = toast.entry.action;
            toast.until = 0;
        }
        if (ImGui::IsWindowHovered()) {
            toast.until = std::max(toast.until, Log::now() + 1);
            if (ImGui::IsMouseClicked(0)) {
                toast.until = 0;
            }
        }
        corner.y -= ImGui::GetWindowHeight() + gap;
        ImGui::End();
        ImGui::PopStyleColor();
    }
    std::erase_if(shown_, [](const Toast& toast) { return toast.until < Log::now(); });
    return wanted;
}

}  // namespace drift
