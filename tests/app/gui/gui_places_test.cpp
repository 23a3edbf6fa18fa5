#include "gui_places.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>
#include <implot.h>
#include <implot_internal.h>

namespace drift::test {

ImVec2 place_in_plot(ImGuiID id, double x, double y) {
    ImPlotPlot* plot = ImPlot::GetCurrentContext()->Plots.GetByKey(id);
    if (plot == nullptr) {
        ADD_FAILURE() << "no such plot";
        return {};
    }
    return {plot->XAxis(0).PlotToPixels(x), plot->YAxis(0).PlotToPixels(y)};
}

int vertices_in(const std::string& panel) {
    const ImGuiWindow* window = ImGui::FindWindowByName(panel.c_str());
    return window == nullptr ? 0 : window->DrawList->VtxBuffer.Size;
}

}  // namespace drift::test
