// The plots of the field panel. `context` is at the state whose fields are shown.
#pragma once

#include "app/panels/field/field_view.h"
#include "app/panels/panels.h"

namespace drift {

/// The method's arrows beside the exact ones, on one scale.
void draw_field_arrows(PanelContext& context, FieldView& view, float height);
/// Cosine of the angle between them beside the ratio of their lengths.
void draw_field_agreement(PanelContext& context, FieldView& view, float height);
/// How hard the guidance pulls against the score: a histogram over the particles.
void draw_force_histogram(const PanelContext& context, FieldView& view, float height);

}  // namespace drift
