#include "app/file_dialog.h"

#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <utility>

namespace drift {

void FileDialog::open(std::string folder, Done done, FileKind kind) {
    kind_ = kind;
    saving_ = false;
    name_.clear();
    done_ = std::move(done);
    visible_ = appearing_ = true;
    go_to(folder);
}

void FileDialog::save(std::string folder, std::string name, Done done, FileKind kind) {
    open(std::move(folder), std::move(done), kind);
    saving_ = true;
    name_ = std::move(name);
}

void FileDialog::go_to(const std::string& folder) {
    folder_ = join_path(folder, "");
    entries_ = list_folder(folder_, kind_.extension);
    message_.clear();
    overwrite_asked_ = false;
}

void FileDialog::accept(const std::string& name) {
    if (name.empty()) {
        return;
    }
    std::string path = join_path(folder_, name);
    if (is_folder(path)) {
        go_to(path);
        name_.clear();
        return;
    }
    if (saving_ && !path.ends_with(kind_.extension)) {
        path += kind_.extension;
    }
    if (!saving_ && !is_file(path)) {
        message_ = "There is no file " + path + ".";
        return;
    }
    if (saving_ && is_file(path) && !overwrite_asked_) {
        overwrite_asked_ = true;
        message_ = path + " exists; once more replaces it.";
        return;
    }
    visible_ = false;
    if (done_) {
        done_(path);
    }
}

void FileDialog::draw_entries() {
    const float rest = ImGui::GetFrameHeightWithSpacing() * 2 + ImGui::GetTextLineHeightWithSpacing();
    std::string chosen;
    if (ImGui::BeginChild("entries", {0, -rest}, ImGuiChildFlags_Borders | ImGuiChildFlags_NavFlattened)) {
        for (const FileEntry& entry : entries_) {
            const std::string label = entry.folder ? entry.name + "/" : entry.name;
            if (ImGui::Selectable(label.c_str(), entry.name == name_, ImGuiSelectableFlags_AllowDoubleClick)) {
                overwrite_asked_ = false;
                if (entry.folder || ImGui::IsMouseDoubleClicked(0) || ImGui::IsKeyPressed(ImGuiKey_Enter)) {
                    chosen = entry.name;
                } else {
                    name_ = entry.name;
                }
            }
        }
        if (entries_.empty()) {
            ImGui::TextDisabled("No files of %s (%s) here.", kind_.what, kind_.extension);
        }
    }
    ImGui::EndChild();
    accept(chosen);
}

void FileDialog::draw() {
    if (!visible_) {
        return;
    }
    const std::string title = std::string(saving_ ? "Save " : "Open ") + kind_.what + "###file_dialog";
    if (appearing_) {
        ImGui::OpenPopup(title.c_str());
    }
    const ImVec2 centre = ImGui::GetMainViewport()->GetCenter();
    ImGui::SetNextWindowPos(centre, ImGuiCond_Appearing, {0.5F, 0.5F});
    ImGui::SetNextWindowSize({ImGui::GetFontSize() * 36, ImGui::GetFontSize() * 26}, ImGuiCond_Appearing);
    if (!ImGui::BeginPopupModal(title.c_str(), &visible_)) {
        visible_ = false;
        return;
    }
    ImGui::TextDisabled("%s", folder_.c_str());
    draw_entries();
    if (appearing_) {
        ImGui::SetKeyboardFocusHere();
    }
    appearing_ = false;
    ImGui::SetNextItemWidth(-FLT_MIN);
    const bool entered =
        ImGui::InputTextWithHint("##name", "File or folder", &name_, ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::TextWrapped("%s", message_.c_str());
    if (ImGui::Button(saving_ ? "Save##accept" : "Open##accept", {ImGui::GetFontSize() * 6, 0}) || entered) {
        accept(name_);
        if (visible_ && entered) {
            ImGui::SetKeyboardFocusHere(-1);
        }
    }
    ImGui::SameLine();
    if (ImGui::Button("Cancel", {ImGui::GetFontSize() * 6, 0}) || ImGui::IsKeyPressed(ImGuiKey_Escape)) {
        visible_ = false;
    }
    if (!visible_) {
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
}

}  // namespace drift
