// What a sampler has learned, as a field.
#include "short_trainings.h"

#include "app/gl/graphics.h"
#include "app/panels/field/correction.h"
#include "app/panels/field/steering.h"

#include <gtest/gtest.h>

#include <imgui.h>
#include <imgui_internal.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::look_at;
using test::opened;
using test::square_map;

TEST(FieldPanel, ShowsWhatWasLearnedBesideTheExactFieldAndThatOfDps) {
    drive(opened(square_map(), "Field"), [](Gui& gui) {
        gui.wait_for_run();
        look_at(gui, 1);
        const CorrectionPicture& picture = gui.app.graphics->field.correction;
        const auto shows = [&picture](int64_t step) { return picture.field != nullptr && picture.field->step == step; };
        gui.wait_until([&] { return shows(3); }, "the field half way, while it learns");
        ASSERT_NE(picture.field, nullptr);
        EXPECT_TRUE(picture.field->noise_space);
        EXPECT_TRUE(picture.field->by_quadrature);
        EXPECT_TRUE(picture.field->dps.known());
        EXPECT_FALSE(picture.learned.cosine.empty());
        EXPECT_TRUE(std::isfinite(picture.dps_numbers.cosine));
        gui.press(ImGuiKey_End);
        gui.wait_until([&] { return shows(5); }, "the last step of the sampling");
        EXPECT_EQ(gui.last_toast(), "");
    });
}

TEST(FieldPanel, ScalesArrowsByThoseAtTheParticles) {
    CorrectionNumbers field;
    field.exact = {{100, 0, 0, 100}, {0.1F, 0}};
    field.learned = {{1, 1, 1, 1}, {0, 0.2F}};
    EXPECT_EQ(lengths_that_count(field), (std::vector<float>{0, 0.2F, 0.1F, 0})) << "not by what is far from all";
    field.learned.at_places = {0, 0};
    field.exact.at_places = {0, 0};
    EXPECT_EQ(lengths_that_count(field), field.exact.on_grid) << "unless there is nothing";
}

/// Two particles whose exact shifts these are, at sigma 2.
CorrectionPicture compared(const std::vector<float>& exact, const std::vector<float>& learned) {
    auto field = std::make_shared<CorrectionNumbers>();
    field->sigma = 2;
    field->exact = {exact, exact};
    field->learned = {learned, learned};
    CorrectionPicture picture;
    picture.field = field;
    compare_fields(picture);
    return picture;
}

// At the end of nine modes of 25 the exact field is rounding: its angles and ratios were, too.
TEST(FieldPanel, ComparesFieldsWhereThereIsSomethingLeftToSteer) {
    const CorrectionPicture both = compared({0, 1, 0, 2}, {0, 0.5F, 0, 1});
    EXPECT_EQ(steering_texts(both).at(0), "at the particles: learned cosine 1, ratio 0.5");
    const CorrectionPicture one = compared({1e-9F, 0, 0, 1}, {-0.1F, 0, 0, 0.5F});
    EXPECT_EQ(steering_texts(one).at(0), "1 of 2 particles not settled: learned cosine 1, ratio 0.5");
    EXPECT_TRUE(std::isnan(one.learned.cosine.at(0)));
    EXPECT_FLOAT_EQ(one.learned.cosine.at(1), 1);
    const CorrectionPicture none = compared({1e-9F, 0, 0, 0}, {-0.1F, 0, 0, 0.1F});
    EXPECT_EQ(steering_texts(none),
              std::vector<std::string>{"the particles have settled: exact below 1 % of sigma, learned 5.0 %"});
}

TEST(FieldPanel, HidesNeitherSpaceWhereBothAreShown) {
    drive(opened(square_map(), "Field"), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(4);
        for (const char* panel : {"Noise", "Data", "Field"}) {
            const ImGuiWindow* window = ImGui::FindWindowByName(panel);
            ASSERT_NE(window, nullptr) << panel;
            EXPECT_TRUE(window->DockTabIsVisible) << panel;
        }
    });
}

// Each takes as long as some iterations of the training.
TEST(FieldPanel, HasNoFieldsComputedWhileItIsClosed) {
    drive(opened(square_map(), "Data"), [](Gui& gui) {
        gui.wait_for_run();
        const Recording& recording = gui.app.live().shown();
        int64_t carried = 0;
        for (int64_t k = 0; k < recording.size(); ++k) {
            const CorrectionField* field = recording.at(k)->correction.get();
            carried += field != nullptr ? 1 : 0;
            EXPECT_TRUE(field == nullptr || field->known() == nullptr) << k;
        }
        EXPECT_GT(carried, 3);
    });
}

}  // namespace
}  // namespace drift
