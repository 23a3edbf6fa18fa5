#include "app/icon_button.h"

#include <initializer_list>

namespace drift {
namespace {

/// Draws in the unit square, y downwards.
struct Pen {
    ImDrawList& list;
    ImVec2 from;
    float size;
    ImU32 colour;

    ImVec2 at(float x, float y) const { return {from.x + x * size, from.y + y * size}; }
    void triangle(float tip_x, float base_x, float half = 0.25F) const {
        if (tip_x > base_x) {
            list.AddTriangleFilled(at(base_x, 0.5F - half), at(tip_x, 0.5F), at(base_x, 0.5F + half), colour);
        } else {
            list.AddTriangleFilled(at(base_x, 0.5F + half), at(tip_x, 0.5F), at(base_x, 0.5F - half), colour);
        }
    }
    void bar(float x, float width = 0.1F, float half = 0.25F) const {
        list.AddRectFilled(at(x, 0.5F - half), at(x + width, 0.5F + half), colour);
    }
    void outline(float left, float top, float right, float bottom) const {
        list.AddRect(at(left, top), at(right, bottom), colour, 0.04F * size, 0.07F * size);
    }
};

void draw_symbol(const Pen& pen, Icon icon) {
    switch (icon) {
        case Icon::Play:
            pen.triangle(0.78F, 0.3F, 0.28F);
            break;
        case Icon::Pause:
            pen.bar(0.29F, 0.15F, 0.27F);
            pen.bar(0.56F, 0.15F, 0.27F);
            break;
        case Icon::Back:
            pen.triangle(0.28F, 0.6F);
            pen.bar(0.65F, 0.08F);
            break;
        case Icon::Forward:
            pen.bar(0.27F, 0.08F);
            pen.triangle(0.72F, 0.4F);
            break;
        case Icon::Phase:  // a step in four parts
            for (const float x : {0.22F, 0.36F, 0.5F, 0.64F}) {
                pen.bar(x, 0.08F, x < 0.3F ? 0.25F : 0.13F);
            }
            break;
        case Icon::Start:
            pen.bar(0.22F, 0.08F);
            pen.triangle(0.3F, 0.54F);
            pen.triangle(0.54F, 0.78F);
            break;
        case Icon::End:
            pen.triangle(0.46F, 0.22F);
            pen.triangle(0.7F, 0.46F);
            pen.bar(0.7F, 0.08F);
            break;
        case Icon::PreviousMark:
            pen.triangle(0.2F, 0.48F);
            pen.list.AddTriangleFilled(pen.at(0.55F, 0.75F), pen.at(0.7F, 0.3F), pen.at(0.85F, 0.75F), pen.colour);
            break;
        case Icon::NextMark:
            pen.list.AddTriangleFilled(pen.at(0.15F, 0.75F), pen.at(0.3F, 0.3F), pen.at(0.45F, 0.75F), pen.colour);
            pen.triangle(0.8F, 0.52F);
            break;
        case Icon::Loop:
            pen.list.PathArcTo(pen.at(0.5F, 0.5F), 0.25F * pen.size, 0.5F, 5.6F);
            pen.list.PathStroke(pen.colour, 0.08F * pen.size);
            pen.list.AddTriangleFilled(pen.at(0.58F, 0.36F), pen.at(0.84F, 0.4F), pen.at(0.76F, 0.16F), pen.colour);
            break;
        case Icon::Follow:
            pen.list.AddLine(pen.at(0.2F, 0.5F), pen.at(0.6F, 0.5F), pen.colour, 0.09F * pen.size);
            pen.triangle(0.7F, 0.46F, 0.2F);
            pen.bar(0.74F, 0.08F, 0.3F);
            break;
        case Icon::Copy:  // a sheet in front of another
            pen.outline(0.24F, 0.2F, 0.6F, 0.64F);
            pen.list.AddRectFilled(pen.at(0.4F, 0.36F), pen.at(0.76F, 0.8F), pen.colour, 0.04F * pen.size);
            break;
        case Icon::Paste:  // a clipboard
            pen.outline(0.26F, 0.26F, 0.74F, 0.8F);
            pen.list.AddRectFilled(pen.at(0.38F, 0.18F), pen.at(0.62F, 0.36F), pen.colour, 0.04F * pen.size);
            pen.list.AddLine(pen.at(0.37F, 0.5F), pen.at(0.63F, 0.5F), pen.colour, 0.06F * pen.size);
            pen.list.AddLine(pen.at(0.37F, 0.64F), pen.at(0.63F, 0.64F), pen.colour, 0.06F * pen.size);
            break;
    }
}

}  // namespace

bool icon_button(const char* id, Icon icon, const char* tooltip, bool lit) {
    const float size = ImGui::GetFrameHeight();
    ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(lit ? ImGuiCol_ButtonActive : ImGuiCol_Button));
    const bool clicked = ImGui::Button(id, {size, size});
    ImGui::PopStyleColor();
    draw_symbol({*ImGui::GetWindowDrawList(), ImGui::GetItemRectMin(), size, ImGui::GetColorU32(ImGuiCol_Text)}, icon);
    ImGui::SetItemTooltip("%s", tooltip);
    return clicked;
}

}  // namespace drift
