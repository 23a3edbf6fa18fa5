// Menus, the overlay of keys, and the questions the window asks: all drawn from the table of commands.
#include "app/application.h"
#include "app/shortcuts.h"
#include "app/theme.h"

#include <imgui.h>

#include <array>
#include <string>

namespace drift {
namespace {

constexpr ImGuiWindowFlags overlay_flags = ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoDocking |
                                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_AlwaysAutoResize;

void centre_next_window() {
    ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Always, {0.5F, 0.5F});
}

bool on(const View& view, const std::string& action) {
    return (action == "view.truth" && view.truth) || (action == "view.weights" && view.weights) ||
           (action == "view.trails" && view.trails) || (action == "view.ghosts" && view.ghosts) ||
           (action == "view.theme" && view.light) || (action == "time.loop" && view.loop) ||
           (action == "time.follow" && view.follow);
}

/// Two columns of keys with what they do.
bool begin_keys(const char* id) {
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {ImGui::GetStyle().CellPadding.x, 1});
    const bool begun = ImGui::BeginTable(id, 4, ImGuiTableFlags_SizingFixedFit);
    ImGui::PopStyleVar();
    if (!begun) {
        return false;
    }
    for (const float width : {13.0F, 15.0F, 13.0F, 17.0F}) {
        ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, width * ImGui::GetFontSize());
    }
    return true;
}

void draw_key(const std::string& keys, const char* title, const ImVec4& colour) {
    ImGui::TableNextColumn();
    ImGui::TextColored(colour, "%s", keys.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(title);
}

}  // namespace

void Application::draw_recent() {
    if (!ImGui::BeginMenu("Open recent", !recent_files_.empty())) {
        return;
    }
    std::string chosen;
    for (const std::string& path : recent_files_) {
        if (ImGui::MenuItem(path.c_str())) {
            chosen = path;
        }
    }
    ImGui::EndMenu();
    if (!chosen.empty()) {
        open_file(chosen);
    }
}

void Application::draw_menu(const char* name) {
    if (!ImGui::BeginMenu(name)) {
        return;
    }
    for (const Shortcut& shortcut : shortcuts()) {
        if (std::string(shortcut.menu) != name) {
            continue;
        }
        const std::string action = shortcut.action;
        std::string title = shortcut.title;
        bool enabled = true;
        if (action == "edit.undo") {
            enabled = session_.can_undo();
            title += enabled ? ": " + session_.undo_name() : "";
        } else if (action == "edit.redo") {
            enabled = session_.can_redo();
            title += enabled ? ": " + session_.redo_name() : "";
        }
        const bool checked = on(view_, action) || (action == "run.compute" && live_.computing());
        if (ImGui::MenuItem((title + "###" + action).c_str(), key_text(shortcut.key).c_str(), checked, enabled)) {
            act(action);
        }
        if (action == "file.open") {
            draw_recent();
        }
    }
    ImGui::EndMenu();
}

void Application::draw_menus() {
    for (const char* name : {"File", "Edit", "Run", "Time", "View", "Help"}) {
        draw_menu(name);
    }
}

void Application::draw_keys_overlay() {
    if (!keys_shown_) {
        return;
    }
    centre_next_window();
    if (ImGui::Begin("Keys###keys_overlay", &keys_shown_, overlay_flags)) {
        const ImVec4& colour = palette(view_.light).warning;
        if (begin_keys("keys")) {
            for (const Shortcut& shortcut : shortcuts()) {
                const std::string action = shortcut.action;
                if (shortcut.key != ImGuiKey_None && !action.starts_with("time.speed")) {
                    draw_key(keys_text(shortcut), shortcut.title, colour);
                }
            }
            draw_key("1 to 9", "Speed of playing, 0.1 to 10 x", colour);
            ImGui::EndTable();
        }
        const char* where = "";
        for (size_t i = 0; i < gestures().size(); ++i) {
            const Gesture& gesture = gestures()[i];
            const bool first = std::string(where) != gesture.where;
            if (first) {
                where = gesture.where;
                ImGui::SeparatorText(where);
                begin_keys(where);
            }
            draw_key(gesture.keys, gesture.title, colour);
            if (i + 1 == gestures().size() || std::string(where) != gestures()[i + 1].where) {
                ImGui::EndTable();
            }
        }
    }
    ImGui::End();
}

void Application::draw_about() {
    if (!about_shown_) {
        return;
    }
    centre_next_window();
    if (ImGui::Begin("About Driftscope###about", &about_shown_, overlay_flags)) {
        ImGui::TextUnformatted("Driftscope: particles on their way from noise to a posterior.");
        ImGui::TextDisabled("Guidance, weights and resampling, live. MIT licence.");
    }
    ImGui::End();
}

void Application::draw_exit_question() {
    if (!exit_asked_) {
        return;
    }
    ImGui::OpenPopup("Save the changes?###exit");
    centre_next_window();
    if (ImGui::BeginPopupModal("Save the changes?###exit", nullptr, overlay_flags)) {
        ImGui::Text("The scenario \"%s\" was changed and not saved.", session_.scenario().title.c_str());
        const ImVec2 size{ImGui::GetFontSize() * 7, 0};
        if (ImGui::Button("Save", size)) {
            exit_asked_ = false;
            save(false);
            wants_exit = !session_.dirty();
        }
        ImGui::SameLine();
        if (ImGui::Button("Leave", size)) {
            exit_asked_ = false;
            wants_exit = true;
        }
        ImGui::SameLine();
        if (ImGui::Button("Stay", size) || ImGui::IsKeyPressed(ImGuiKey_Escape)) {
            exit_asked_ = false;
        }
        if (!exit_asked_) {
            ImGui::CloseCurrentPopup();
        }
        ImGui::EndPopup();
    }
}

}  // namespace drift
