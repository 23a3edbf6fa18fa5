// Particles in the colours of their residuals.
#include "short_trainings.h"

#include "app/gl/graphics.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::look_at;
using test::opened;
using test::square_map;

TEST(DataPanel, OffersResidualsAsColoursWhereThereAreSome) {
    drive(opened(square_map(), "Data"), [](Gui& gui) {
        gui.wait_for_run();
        look_at(gui, 4);
        gui.hands.SetRef("//Data");
        gui.hands.ComboClick("##colour by/residual");
        gui.hands.Yield(3);
        EXPECT_EQ(gui.app.view().colour_by, ColourBy::Residual);
        const int64_t last = gui.app.live().shown().size() - 1;
        EXPECT_EQ(gui.app.graphics->data.options.ended, last) << "a state of the sampling";
        look_at(gui, 1);
        EXPECT_EQ(gui.app.graphics->data.options.ended, 1) << "one of the training";
    });
}

}  // namespace
}  // namespace drift
