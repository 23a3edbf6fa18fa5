#include "app/panels/data/contour_cache.h"

#include "core/grid_view.h"
#include "core/mixture_view.h"

namespace drift {
namespace {

constexpr int contour_points = 88;
constexpr int coarse_points =
    68;  // for mixtures of many components, so that a new noise level costs a few milliseconds
constexpr int64_t many_components = 8;
constexpr size_t most_sets = 600;
constexpr double normal_half_width = 3.6;  // of a picture of N(0, 1)

}  // namespace

GridBox box_at(const Scene& scene, Space space, double sigma, int64_t axis_x, int64_t axis_y, double widths_of_noise) {
    const auto centre = [&scene, space](int64_t axis) {
        const auto i = static_cast<size_t>(axis);
        return space == Space::Data && i < scene.data_center.size() ? scene.data_center[i] : 0.0;
    };
    const double half = space == Space::Data ? shown_half_width(scene, sigma, widths_of_noise)
                                             : normal_half_width + widths_of_noise * sigma;
    return {centre(axis_x) - half, centre(axis_x) + half, centre(axis_y) - half,
            centre(axis_y) + half, contour_points,        contour_points};
}

const ContourSet& ContourCache::get(const Scene& scene, Space space, uint64_t recording_id, Of of, double sigma,
                                    int64_t axis_x, int64_t axis_y) {
    if (recording_id != recording_id_ || sets_.size() > most_sets) {
        sets_.clear();
        recording_id_ = recording_id;
    }
    const auto [place, fresh] = sets_.try_emplace(Key{space, of, sigma, axis_x, axis_y});
    if (!fresh) {
        return place->second;
    }
    const std::optional<MixtureView> mixture = of == Of::Prior ? prior_of(scene, space) : posterior_of(scene, space);
    if (mixture && axis_x < mixture->dimension && axis_y < mixture->dimension && axis_x != axis_y) {
        GridBox box = box_at(scene, space, sigma, axis_x, axis_y, 3.2);
        if (mixture->components() > many_components) {
            box.columns = box.rows = coarse_points;
        }
        place->second =
            share_contours(density_on_grid(marginal(*mixture, {axis_x, axis_y}), sigma, box), box, contour_shares);
    } else if (const auto& grid = posterior_on_grid(scene, space);
               of == Of::Posterior && grid && grid->box.rows > 1 && axis_x + axis_y == 1) {
        const GridBox box = box_at(scene, space, sigma, axis_x, axis_y, 3.2);
        place->second =
            share_contours(density_on_grid(axis_x == 0 ? *grid : transposed(*grid), sigma, box), box, contour_shares);
    }
    return place->second;
}

}  // namespace drift
