#include "app/panels/data/space.h"

#include <algorithm>

namespace drift {
namespace {

const std::vector<float>& values_of(const Frame& frame, Space space) {
    return space == Space::Noise ? frame.latent : frame.x;
}

int64_t width_of(const Frame& frame, Space space) {
    return space == Space::Noise ? frame.latent_dimension : frame.dimension;
}

MixtureView standard_normal(int64_t dimension) {
    const auto d = static_cast<size_t>(dimension);
    MixtureView normal{dimension, {1}, std::vector<double>(d, 0), std::vector<double>(d * d, 0)};
    for (size_t k = 0; k < d; ++k) {
        normal.covariances[k * d + k] = 1;
    }
    return normal;
}

}  // namespace

int64_t dimension_of(const Scene& scene, Space space) {
    if (space == Space::Data) {
        return scene.dimension();
    }
    int64_t d = scene.noise_space() ? 1 : 0;
    for (const int64_t size : scene.latent_shape) {
        d *= size;
    }
    return d;
}

std::string axis_name(Space space, int64_t axis) {
    return (space == Space::Noise ? "z" : "x") + std::to_string(axis + 1);
}

bool has_places(const Frame& frame, Space space) {
    return !values_of(frame, space).empty();
}

PlanePoint place_of(const Frame& frame, Space space, size_t i, int64_t axis_x, int64_t axis_y) {
    const int64_t d = width_of(frame, space);
    const float* row = values_of(frame, space).data() + static_cast<int64_t>(i) * d;
    return {row[std::min(axis_x, d - 1)], d == 1 ? 0.0F : row[std::min(axis_y, d - 1)]};
}

std::optional<MixtureView> prior_of(const Scene& scene, Space space) {
    return space == Space::Noise ? standard_normal(dimension_of(scene, space)) : scene.prior;
}

const std::optional<MixtureView>& posterior_of(const Scene& scene, Space space) {
    return space == Space::Noise ? scene.latent_posterior : scene.posterior;
}

const std::optional<GridDensity>& posterior_on_grid(const Scene& scene, Space space) {
    return space == Space::Noise ? scene.latent_on_grid : scene.on_grid;
}

bool knows_posterior(const Scene& scene, Space space) {
    return posterior_of(scene, space) || posterior_on_grid(scene, space);
}

double noise_on(const Scene& scene, Space space, double sigma) {
    return space == Space::Data && scene.noise_space() ? 0 : sigma;
}

}  // namespace drift
