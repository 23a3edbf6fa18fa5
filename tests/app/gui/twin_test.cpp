// Panels on a recording made by hand, with a bare ImGui and no display: noise and data side by side, and rewards.
#include "app/gl/graphics.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"

#include <gtest/gtest.h>

#include <imgui.h>
#include <imgui_impl_null.h>
#include <implot.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>

namespace drift {
namespace {

/// A folded map x = (|z1|, z2) of three particles, with its grid.
Recording folded_run() {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {2};
    scene->latent_shape = {2};
    scene->steps = 1;
    scene->data_center = {0, 0};
    scene->data_radius = 3;
    scene->latent_posterior = MixtureView{2, {1}, {1, 0}, {0.5, 0, 0, 0.5}};
    DecoderGrid grid{{-2, 2, -2, 2, 9, 9}, {}};
    for (int row = 0; row < 9; ++row) {
        for (int column = 0; column < 9; ++column) {
            grid.x.push_back(std::abs(-2 + 0.5F * static_cast<float>(column)));
            grid.x.push_back(-2 + 0.5F * static_cast<float>(row));
        }
    }
    scene->decoder_grid = grid;
    Recording recording;
    recording.start(scene);
    for (int64_t k = 0; k < 2; ++k) {
        auto frame = std::make_shared<Frame>();
        frame->numbers.step = k;
        frame->count = 3;
        frame->dimension = 2;
        frame->latent_dimension = 2;
        frame->latent = {-1, 1, 1, -1, 2, 0};
        frame->x = {1, 1, 1, -1, 2, 0};
        frame->weights = {0.5F, 0.25F, 0.25F};
        frame->last = k == 1;
        recording.append(frame);
    }
    return recording;
}

/// Both panels beside each other, the data panel first, and a mouse.
class Twins {
public:
    Twins() : graphics_(make_graphics(false)) {
        ImGui::CreateContext();
        ImPlot::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().DisplaySize = {1200, 600};
        ImGui_ImplNull_Init();
    }
    ~Twins() {
        graphics_.reset();
        ImGui_ImplNull_Shutdown();
        ImPlot::DestroyContext();
        ImGui::DestroyContext();
    }
    Twins(const Twins&) = delete;
    Twins& operator=(const Twins&) = delete;

    void draw(int frames = 3) {
        for (int i = 0; i < frames; ++i) {
            view.hovered = std::exchange(view.hovering, {});
            ImGui_ImplNull_NewFrame();
            ImGui::NewFrame();
            PanelContext context{.recording = recording,
                                 .recording_id = 1,
                                 .step = 1,
                                 .session = session_,
                                 .view = view,
                                 .log = log_,
                                 .graphics = graphics_.get(),
                                 .memory = &memory_};
            for (const bool noise : {false, true}) {
                ImGui::SetNextWindowPos({noise ? 600.0F : 0.0F, 0});
                ImGui::SetNextWindowSize({600, 600});
                ImGui::Begin(noise ? "Noise" : "Data");
                noise ? draw_noise_panel(context) : draw_data_panel(context);
                ImGui::End();
            }
            if (rewards) {
                ImGui::SetNextWindowPos({600, 0});
                ImGui::SetNextWindowSize({600, 600});
                ImGui::SetNextWindowFocus();
                ImGui::Begin("Rewards");
                draw_rewards_panel(context);
                ImGui::End();
            }
            ImGui::Render();
            ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData());
            vertices = ImGui::GetDrawData()->TotalVtxCount;
        }
    }

    Graphics& graphics() { return *graphics_; }

    Recording recording = folded_run();
    View view;
    bool rewards = false;
    int vertices = 0;

private:
    std::shared_ptr<Graphics> graphics_;
    Session session_;
    Log log_;
    PanelMemory memory_;
};

/// Moves the mouse over the panes until something is hovered there.
bool find_particle(Twins& twins, int left, int right, int32_t wanted) {
    for (int y = 60; y < 580; y += 6) {
        for (int x = left; x < right; x += 6) {
            ImGui::GetIO().AddMousePosEvent(static_cast<float>(x), static_cast<float>(y));
            twins.draw(1);
            if (twins.view.hovered.index == wanted) {
                return true;
            }
        }
    }
    return false;
}

TEST(TwinPanes, ShowTheSameParticlesInTheirOwnPlaces) {
    Twins twins;
    twins.draw();
    const CloudPicture& data = twins.graphics().data.picture;
    const CloudPicture& noise = twins.graphics().noise.picture;
    EXPECT_EQ(data.colours, noise.colours);
    EXPECT_EQ(data.places[0].x, 1);
    EXPECT_EQ(noise.places[0].x, -1) << "both sides of the fold lie on one place of the data";
}

TEST(TwinPanes, LinkTheMouseBothWays) {
    Twins twins;
    twins.draw();
    ASSERT_TRUE(find_particle(twins, 600, 1190, 2)) << "in the noise";
    EXPECT_EQ(twins.view.hovered.step, 1);
    const int with_marks = twins.vertices;
    twins.draw();
    EXPECT_GT(twins.vertices, with_marks) << "the data panel, drawn before, hears of it a frame later";
    ImGui::GetIO().AddMousePosEvent(1, 1);
    twins.draw();
    EXPECT_FALSE(twins.view.hovered);
    EXPECT_LT(twins.vertices, with_marks);
    ASSERT_TRUE(find_particle(twins, 0, 590, 2)) << "in the data";
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    twins.draw();
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    twins.draw();
    EXPECT_EQ(twins.view.selected, (ParticleRef{1, 2}));
}

TEST(TwinPanes, DrawTheGridOfTheDecoderInBothWhileItIsWanted) {
    Twins twins;
    twins.draw();
    const int with_grid = twins.vertices;
    twins.graphics().decoder_grid = false;
    twins.draw();
    EXPECT_GT(with_grid - twins.vertices, 2 * 2 * 9 * 2 * 8) << "18 lines of 8 pieces in each of both panes";
}

TEST(TwinPanes, DrawLevelsInTheNoiseWhereTheDataAreNumbers) {
    Twins twins;
    auto scene = std::make_shared<Scene>(*twins.recording.scene());
    scene->sample_shape = {1};
    scene->data_center = {0};
    scene->decoder_grid->x.clear();
    for (int i = 0; i < 81; ++i) {
        scene->decoder_grid->x.push_back(static_cast<float>(i % 9) - 4);  // x = 2 z1
    }
    const Recording plane = std::exchange(twins.recording, Recording{});
    twins.recording.start(scene);
    for (int64_t k = 0; k < 2; ++k) {
        auto frame = std::make_shared<Frame>(*plane.at(k));
        frame->dimension = 1;
        frame->x = {-2, 2, 4};
        twins.recording.append(frame);
    }
    twins.draw();
    const LevelLines& levels = twins.graphics().noise.levels;
    EXPECT_EQ(levels.step, 0.5);
    ASSERT_EQ(levels.lines.size(), 16U) << "from -4 to 3.5, each one upright line";
    for (const PlanePoint& point : levels.lines[8]) {
        EXPECT_NEAR(point.x, 0, 1e-5F);
    }
    const int with_levels = twins.vertices;
    twins.graphics().decoder_grid = false;
    twins.draw();
    EXPECT_GT(with_levels - twins.vertices, 16 * 8);
}

TEST(TwinPanes, DrawThePosteriorOfTheNoiseWhereItIsKnown) {
    Twins twins;
    twins.draw();
    const auto& contours = twins.graphics().noise.contours.get(*twins.recording.scene(), Space::Noise, 1,
                                                               ContourCache::Of::Posterior, 0, 0, 1);
    ASSERT_EQ(contours.size(), contour_shares.size());
    ASSERT_FALSE(contours[0].empty());
    double centre = 0;
    for (const PlanePoint& point : contours[0][0]) {
        centre += static_cast<double>(point.x) / static_cast<double>(contours[0][0].size());
    }
    EXPECT_NEAR(centre, 1, 0.1);
}

TEST(RewardsPanel, DrawsTracesAndTakesTheParticleOfTheOneUnderTheMouse) {
    Twins twins;
    twins.recording.start(std::make_shared<Scene>(*twins.recording.scene()));
    for (int64_t k = 0; k < 2; ++k) {
        auto frame = std::make_shared<Frame>(*folded_run().at(k));
        frame->rewards = {-1, -5, -9};
        frame->numbers.reward_low = -9;
        frame->numbers.reward_median = -5;
        frame->numbers.reward_high = -1;
        twins.recording.append(frame);
    }
    twins.draw();
    const int before = twins.vertices;
    twins.rewards = true;
    twins.draw();
    EXPECT_EQ(twins.graphics().rewards.history.picture().traces.size(), 3U);
    EXPECT_GT(twins.vertices, before);
    ASSERT_TRUE(find_particle(twins, 800, 806, 1)) << "the middle line, somewhere in its middle";
    EXPECT_EQ(twins.view.hovered.step, 1);
}

TEST(TwinPanes, ANoiseThatWasNotRecordedIsSaidSo) {
    Twins twins;
    Recording bare;
    bare.start(twins.recording.scene());
    auto frame = std::make_shared<Frame>(*twins.recording.at(0));
    frame->latent.clear();
    bare.append(frame);
    bare.append(frame);
    twins.recording = bare;
    twins.draw();
    EXPECT_TRUE(twins.graphics().noise.picture.places.empty());
    EXPECT_EQ(twins.graphics().data.picture.places.size(), 3U);
}

}  // namespace
}  // namespace drift
