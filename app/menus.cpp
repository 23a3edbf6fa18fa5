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
    if (ImGui::Begin("Keys###keys_overlay", &keys_shown_, overlay_flags) &&
        ImGui::BeginTable("keys", 4, ImGuiTableFlags_SizingFixedFit)) {
        int column = 0;
        for (const Shortcut& shortcut : shortcuts()) {
            if (shortcut.key == ImGuiKey_None) {
                continue;
            }
            if (column++ % 2 == 0) {
                ImGui::TableNextRow();
            }
            ImGui::TableNextColumn();
            ImGui::TextColored(palette(view_.light).measurement, "%s", keys_text(shortcut).c_str());
            ImGui::TableNextColumn();
            ImGui::Text("%s      ", shortcut.title);
        }
        ImGui::EndTable();
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
