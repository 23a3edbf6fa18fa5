// What stands above the fields of every kind of method.
#pragma once

#include "app/panels/field/field_view.h"
#include "app/panels/panels.h"

namespace drift {

/// Lets the view follow the noise level again, once it was moved by hand.
void draw_fit_button(FieldView& view);
/// Why the picture is not of the scenario as it is now, where there is anything to say.
void draw_caution(const PanelContext& context);

}  // namespace drift
