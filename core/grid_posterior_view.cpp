#include "core/grid_posterior_view.h"

#include "core/publish.h"

namespace drift {
namespace {

/// Of the points of a side.
int64_t shown_stride(const GridPosterior& posterior) {
    const int64_t wanted = posterior.dimension() == 1 ? 1000 : 200;
    return (posterior.points() - 1) / wanted;
}

}  // namespace

GridBox box_of(const std::vector<torch::Tensor>& along) {
    const auto low = [&along](size_t axis) { return along[axis][0].item<double>(); };
    const auto high = [&along](size_t axis) { return along[axis][-1].item<double>(); };
    const auto points = static_cast<int>(along[0].size(0));
    return along.size() == 1 ? GridBox{low(0), high(0), 0, 0, points, 1}
                             : GridBox{low(0), high(0), low(1), high(1), points, points};
}

std::vector<torch::Tensor> shown_places(const GridPosterior& posterior) {
    std::vector<torch::Tensor> places;
    for (int64_t axis = 0; axis < posterior.dimension(); ++axis) {
        places.push_back(posterior.along(axis).slice(0, 0, posterior.points(), shown_stride(posterior)));
    }
    return places;
}

GridDensity view_of(const GridPosterior& posterior) {
    torch::Tensor mass = posterior.mass();
    for (int64_t axis = 0; axis < posterior.dimension(); ++axis) {
        mass = mass.slice(axis, 0, posterior.points(), shown_stride(posterior));
    }
    return {box_of(shown_places(posterior)), to_floats(mass / posterior.cell())};
}

}  // namespace drift
