// What belongs to the run before the newest edit is seen through while the new one is waited for.
#pragma once

#include <imgui.h>

namespace drift {

inline constexpr float dimmed_alpha = 0.45F;

/// What is drawn into the list while it lives is seen through, whoever draws it: lines, areas, text and pictures. Not
/// for what is blended with premultiplied alpha.
class Faded {
public:
    Faded(ImDrawList& list, float alpha) : list_(list), alpha_(alpha), from_(alpha < 1 ? list.VtxBuffer.Size : -1) {}
    ~Faded() {
        for (int i = from_; from_ >= 0 && i < list_.VtxBuffer.Size; ++i) {
            ImU32& colour = list_.VtxBuffer[i].col;
            const auto alpha = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xFF);
            colour = (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha_ * alpha) << IM_COL32_A_SHIFT);
        }
    }
    Faded(const Faded&) = delete;
    Faded& operator=(const Faded&) = delete;

private:
    ImDrawList& list_;
    float alpha_;
    int from_;  // the first vertex; -1 for none
};

class Dimmed : public Faded {
public:
    explicit Dimmed(ImDrawList& list, bool dimmed = true) : Faded(list, dimmed ? dimmed_alpha : 1) {}
};

}  // namespace drift
