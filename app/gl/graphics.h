// What the picture panels keep from one frame to the next. One of it for each window; the shared pointer to it goes
// with the window, on the interface thread, while the GL context is current.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/field/field_view.h"
#include "app/panels/genealogy/tree_view.h"
#include "app/panels/images/wall.h"
#include "app/panels/rewards/rewards_view.h"
#include "app/panels/schedule/schedule_view.h"
#include "app/panels/training/training_view.h"
#include "app/panels/weights/weights_view.h"

namespace drift {

struct Graphics {
    bool gl = false;  // false on the null back end: nothing of OpenGL may be called
    DataView data;
    DataView noise{Space::Noise};
    bool decoder_grid = true;  // what the decoder makes of a square grid of noise, in both panes
    FieldView field;
    RewardsView rewards;
    Wall wall;
    ScheduleView schedule;
    TreeView tree;
    WeightsView weights;
    ResamplingView resampling;
    TrainingView training;
};

}  // namespace drift
