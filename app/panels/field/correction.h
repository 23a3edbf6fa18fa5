// The field panel of samplers that learn: what has been learned, beside Doob's exact field and that of DPS.
#pragma once

#include "app/panels/field/field_view.h"
#include "app/panels/panels.h"

namespace drift {

/// The nearest state at or before `step` that carries such a field; -1 for none.
int64_t corrected_state(const Recording& recording, int64_t step);

/// Of the state shown, or the nearest one before it; one sentence where there is none.
void draw_correction(PanelContext& context, FieldView& view);

}  // namespace drift
