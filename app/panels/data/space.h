// Two panes show the same particles: one in the space of the data, x, and one in the space of the noise that a decoder
// makes data of, x = f(z). What differs between them is here; everything else is drawn by the same code.
#pragma once

#include "app/panels/data/contours.h"

#include "core/frame.h"
#include "core/scene.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace drift {

enum class Space { Data, Noise };

int64_t dimension_of(const Scene& scene, Space space);
/// "x1", "z2"
std::string axis_name(Space space, int64_t axis);

/// Whether the frame has its particles in that space.
bool has_places(const Frame& frame, Space space);
/// Particle i along two axes; the second is 0 on a line.
PlanePoint place_of(const Frame& frame, Space space, size_t i, int64_t axis_x, int64_t axis_y);

/// What the particles are compared with there: in noise space N(0, I) and the posterior of z where it has a closed
/// form.
std::optional<MixtureView> prior_of(const Scene& scene, Space space);
const std::optional<MixtureView>& posterior_of(const Scene& scene, Space space);
/// The posterior where it is known on a grid instead.
const std::optional<GridDensity>& posterior_on_grid(const Scene& scene, Space space);
bool knows_posterior(const Scene& scene, Space space);

/// The noise that lies on the particles in that space: methods that work in noise space add none to x.
double noise_on(const Scene& scene, Space space, double sigma);

}  // namespace drift
