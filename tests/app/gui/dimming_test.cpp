// What belongs to the run before the newest edit is dimmed in every panel: the colours that are really drawn, of panels
// on a recording made by hand, with a bare ImGui and no display.
#include "app/gl/graphics.h"
#include "app/panels/dimmed.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/theme.h"

#include <gtest/gtest.h>

#include <imgui.h>
#include <imgui_impl_null.h>
#include <imgui_internal.h>
#include <implot.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace drift {
namespace {

/// Four particles in four states, resampled at the second; samples of this shape with a posterior around 0.
Recording small_run(const std::vector<int64_t>& shape) {
    const int64_t d = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = shape;
    scene->weighted = true;
    scene->guided = true;
    scene->steps = 3;
    scene->sigma = {3, 2, 1, 0};
    scene->data_center.assign(static_cast<size_t>(d), 0);
    scene->data_radius = 3;
    if (d <= 2) {
        std::vector<double> covariance(static_cast<size_t>(d * d), 0);
        for (int64_t k = 0; k < d; ++k) {
            covariance[static_cast<size_t>(k * d + k)] = 1;
        }
        scene->posterior = MixtureView{d, {1}, std::vector<double>(static_cast<size_t>(d), 0), covariance};
    }
    Recording recording;
    recording.start(scene);
    for (int64_t k = 0; k < 4; ++k) {
        auto frame = std::make_shared<Frame>();
        frame->numbers.step = k;
        frame->numbers.sigma = scene->sigma[static_cast<size_t>(k)];
        frame->numbers.ess = 2;
        frame->numbers.log_z = -1 - static_cast<double>(k);
        frame->numbers.log_z_sd = 0.1;
        frame->numbers.resampled = k == 1;
        frame->numbers.force_low = 0.5;
        frame->numbers.force_median = 1.5;
        frame->numbers.force_high = 2.5;
        frame->count = 4;
        frame->dimension = d;
        frame->weights = {0.4F, 0.3F, 0.2F, 0.1F};
        for (int64_t i = 0; i < 4 * d; ++i) {
            frame->x.push_back(0.5F * static_cast<float>(i % 5) - 1);
        }
        frame->denoised = frame->x;
        frame->shift.assign(frame->x.size(), 0.3F);
        if (k == 2) {
            frame->ancestors = {0, 0, 1, 2};
        }
        frame->last = k == 3;
        recording.append(frame);
    }
    return recording;
}

class Pane {
public:
    explicit Pane(const std::vector<int64_t>& shape) : recording(small_run(shape)), graphics_(make_graphics(false)) {
        ImGui::CreateContext();
        ImPlot::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().DisplaySize = {1000, 900};
        ImGui_ImplNull_Init();
        apply_theme(view);
        view.selected = {3, 1};
    }
    ~Pane() {
        graphics_.reset();
        ImGui_ImplNull_Shutdown();
        ImPlot::DestroyContext();
        ImGui::DestroyContext();
    }
    Pane(const Pane&) = delete;
    Pane& operator=(const Pane&) = delete;

    /// The strongest that this colour is drawn in, 0 to 255; above the legend, which is of no run.
    int strength(void (*panel)(PanelContext&), const ImVec4& colour, bool stale) {
        const std::vector<int> all = strengths(panel, colour, stale);
        return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
    }
    int weakest(void (*panel)(PanelContext&), const ImVec4& colour, bool stale) {
        const std::vector<int> all = strengths(panel, colour, stale);
        return all.empty() ? 0 : *std::min_element(all.begin(), all.end());
    }

    Recording recording;
    View view;

private:
    /// All that it is drawn in, without the rims of smooth lines.
    std::vector<int> strengths(void (*panel)(PanelContext&), const ImVec4& colour, bool stale) {
        std::vector<int> alpha;
        for (int i = 0; i < 4; ++i) {
            ImGui_ImplNull_NewFrame();
            ImGui::NewFrame();
            PanelContext context{.recording = recording,
                                 .recording_id = 1,
                                 .step = 2,
                                 .stale = stale,
                                 .session = session_,
                                 .view = view,
                                 .log = log_,
                                 .graphics = graphics_.get(),
                                 .memory = &memory_};
            ImGui::SetNextWindowPos({0, 0});
            ImGui::SetNextWindowSize({1000, 900});
            ImGui::Begin("Panel");
            panel(context);
            alpha = strengths_in(*ImGui::GetWindowDrawList(), colour);
            ImGui::End();
            ImGui::Render();
            ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData());
        }
        return alpha;
    }

    static std::vector<int> strengths_in(const ImDrawList& list, const ImVec4& colour) {
        const ImU32 wanted = to_u32(colour) & ~IM_COL32_A_MASK;
        std::vector<int> alpha;
        for (const ImDrawVert& vertex : list.VtxBuffer) {
            const auto strength = static_cast<int>(vertex.col >> IM_COL32_A_SHIFT);
            if ((vertex.col & ~IM_COL32_A_MASK) == wanted && vertex.pos.y < 780 && strength > 0) {
                alpha.push_back(strength);
            }
        }
        return alpha;
    }

    std::shared_ptr<Graphics> graphics_;
    Session session_;
    Log log_;
    PanelMemory memory_;
};

/// Whether this colour of the panel is dimmed with the run.
void expect_dimmed(Pane& pane, void (*panel)(PanelContext&), const ImVec4& colour, const char* what) {
    const int fresh = pane.strength(panel, colour, false);
    EXPECT_GT(fresh, 60) << what;
    EXPECT_NEAR(pane.strength(panel, colour, true), dimmed_alpha * static_cast<float>(fresh), 2) << what;
}

const Palette& colours() {
    return palette(false);
}

TEST(Dimming, PosteriorArrowsAndPathOfThePlaneAreOfTheRunBefore) {
    Pane pane({2});
    pane.view.score_arrows = pane.view.guidance_arrows = true;
    expect_dimmed(pane, draw_data_panel, colours().truth, "contours");
    expect_dimmed(pane, draw_data_panel, colours().playhead, "path");
    pane.view.brush = {2, {0, 1}};
    pane.view.selected = {};
    expect_dimmed(pane, draw_data_panel, colours().playhead, "brush");
}

TEST(Dimming, DensityAndMarksOfTheLineAreOfTheRunBefore) {
    Pane pane({1});
    expect_dimmed(pane, draw_data_panel, colours().playhead, "marks");
}

TEST(Dimming, PicturesWithTheirFramesAndWeightsAreOfTheRunBefore) {
    Pane pane({1, 4, 4});
    expect_dimmed(pane, draw_images_panel, {90 / 255.0F, 90 / 255.0F, 90 / 255.0F, 1}, "pictures");
    expect_dimmed(pane, draw_images_panel, colours().playhead, "frame");
    expect_dimmed(pane, draw_images_panel, colours().lane, "bars");
}

TEST(Dimming, LanesAndStripAreOfTheRunBefore) {
    Pane pane({2});
    expect_dimmed(pane, draw_timeline_panel, colours().measurement, "resampling");
    EXPECT_EQ(pane.strength(draw_timeline_panel, colours().playhead, true), 255) << "not of the run";
}

TEST(Dimming, CurvesOfATrainingAreOfTheRunBefore) {
    Pane pane({2});
    Recording training;
    training.start(pane.recording.scene());
    for (int64_t k = 0; k < 4; ++k) {
        auto frame = std::make_shared<Frame>(*pane.recording.at(k));
        auto numbers = std::make_shared<TrainingNumbers>();
        numbers->iteration = 10 * k;
        numbers->iterations = 30;
        numbers->log_z_lower = -3 + 0.5 * static_cast<double>(k);
        numbers->loss = 1 / static_cast<double>(k + 1);
        numbers->residual_spread = 2 / static_cast<double>(k + 1);
        numbers->log_z_upper = 3;
        numbers->source_residual[4] = 1;
        numbers->source_count[4] = 64;
        frame->training = numbers;
        training.append(frame);
    }
    pane.recording = training;
    const auto dimmed_part = [&pane](int64_t colour) {  // beside the names of curves, which are not
        return pane.weakest(draw_training_panel, category_colour(colour, false), true);
    };
    EXPECT_EQ(pane.weakest(draw_training_panel, category_colour(1, false), false), 255);
    EXPECT_NEAR(dimmed_part(1), 255 * dimmed_alpha, 2) << "upper bound";
    for (const char* tab : {"Residuals", "Sources"}) {
        pane.view.focus_part = tab;
        EXPECT_EQ(pane.weakest(draw_training_panel, category_colour(4, false), false), 255) << tab;
        EXPECT_NEAR(dimmed_part(4), 255 * dimmed_alpha, 2) << tab;
    }
}

TEST(Dimming, TreeWeightsAndResamplingAreOfTheRunBefore) {
    Pane pane({2});
    expect_dimmed(pane, draw_genealogy_panel, colours().measurement, "meetings");
    expect_dimmed(pane, draw_weights_panel, colours().playhead, "marks");
    expect_dimmed(pane, draw_resampling_panel, colours().measurement, "what is to be expected");
}

}  // namespace
}  // namespace drift
