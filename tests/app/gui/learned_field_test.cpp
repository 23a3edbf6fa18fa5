// What a sampler has learned, as a field.
#include "short_trainings.h"

#include "app/gl/graphics.h"

#include <gtest/gtest.h>

#include <cmath>

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
        ASSERT_NE(picture.field, nullptr);
        EXPECT_EQ(picture.field->step, 3) << "half way, while it learns";
        EXPECT_TRUE(picture.field->noise_space);
        EXPECT_TRUE(picture.field->by_quadrature);
        EXPECT_TRUE(picture.field->dps.known());
        EXPECT_FALSE(picture.learned.cosine.empty());
        EXPECT_TRUE(std::isfinite(picture.dps_numbers.cosine));
        gui.press(ImGuiKey_End);
        gui.hands.Yield(3);
        EXPECT_EQ(picture.field->step, 5) << "the last step of the sampling";
        EXPECT_EQ(gui.last_toast(), "");
    });
}

}  // namespace
}  // namespace drift
