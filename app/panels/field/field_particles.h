// Particles in the plots of fields of the guidance: where the field matters, and linked with the other panels.
#pragma once

#include "app/panels/panels.h"

namespace drift {

/// Dots of some particles, the one under the mouse hovered everywhere, and rings around those that are followed.
/// Between begin_plane and end_plane.
void draw_field_particles(PanelContext& context);
/// Adds the particle under the mouse to the tooltip.
void describe_field_particle(const PanelContext& context);

}  // namespace drift
