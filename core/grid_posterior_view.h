// A posterior on a grid as a window draws it.
#pragma once

#include "core/grid_posterior.h"
#include "core/scene.h"
#include "core/torch.h"

#include <vector>

namespace drift {

/// The box with these places along its sides; of one dimension a single row.
GridBox box_of(const std::vector<torch::Tensor>& along);

/// As many of its places along each axis as a picture needs.
std::vector<torch::Tensor> shown_places(const GridPosterior& posterior);

/// Its density at these places.
GridDensity view_of(const GridPosterior& posterior);

}  // namespace drift
