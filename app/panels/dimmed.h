// What belongs to the run before the newest edit is seen through while the new one is waited for.
#pragma once

#include <imgui.h>

namespace drift {

inline constexpr float dimmed_alpha = 0.45F;

/// What is drawn into the list while it lives is dimmed, whoever draws it: lines, areas, text and pictures. Not for
/// what is blended with premultiplied alpha.
class Dimmed {
public:
    explicit Dimmed(ImDrawList& list, bool dimmed = true) : list_(list), from_(dimmed ? list.VtxBuffer.Size : -1) {}
    ~Dimmed() {
        for (int i = from_; from_ >= 0 && i < list_.VtxBuffer.Size; ++i) {
            ImU32& colour = list_.VtxBuffer[i].col;
            const auto alpha = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xFF);
            colour = (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(dimmed_alpha * alpha) << IM_COL32_A_SHIFT);
        }
    }
    Dimmed(const Dimmed&) = delete;
    Dimmed& operator=(const Dimmed&) = delete;

private:
    ImDrawList& list_;
    int from_;  // the first vertex; -1 for none
};

}  // namespace drift
