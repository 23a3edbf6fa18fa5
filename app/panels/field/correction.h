// The field panel of samplers that learn: what has been learned, beside Doob's exact field and that of DPS.
#pragma once

#include "app/panels/field/field_view.h"
#include "app/panels/panels.h"

namespace drift {

/// The vectors by which the arrows are scaled: those at the particles. Far from all of them the exact field may be a
/// hundred times as long, and the arrows that matter would not be seen.
std::vector<float> lengths_that_count(const CorrectionNumbers& field);

/// The nearest state at or before `step` that carries such a field; -1 for none.
int64_t corrected_state(const Recording& recording, int64_t step);

/// Of the state shown, or the nearest one before it; one sentence where there is none.
void draw_correction(PanelContext& context, FieldView& view);

}  // namespace drift
