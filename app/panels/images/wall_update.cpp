#include "app/panels/images/wall_update.h"

#include "app/lineage.h"
#include "app/panels/data/cloud.h"
#include "app/panels/images/wall_moments.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

namespace drift {
namespace {

constexpr int reference_zoom = 8;  // so that the stripes of unknown pixels are finer than pixels

PictureShape shape_of(const Scene& scene) {
    return {scene.sample_shape[0], scene.sample_shape[1], scene.sample_shape[2]};
}

void upload_hatched(gl::PixelTexture& texture, const std::vector<float>& values, const PictureShape& shape) {
    const auto bytes = hatched_picture(values, shape, reference_zoom);
    texture.upload(static_cast<int>(shape.width) * reference_zoom, static_cast<int>(shape.height) * reference_zoom, 4,
                   bytes.data(), gl::Filter::Nearest);
}

void update_references(const PanelContext& context, Wall& wall, bool gl) {
    if (wall.references_ready && wall.recording_id == context.recording_id) {
        return;
    }
    wall.references_ready = true;
    wall.recording_id = context.recording_id;
    const Scene& scene = *context.scene();
    const PictureShape shape = shape_of(scene);
    const auto whole = static_cast<size_t>(shape.values());
    if (gl && scene.measurement_picture.size() == whole) {
        upload_hatched(wall.measurement, scene.measurement_picture, shape);
    }
    if (gl && scene.true_picture.size() == whole) {
        upload_hatched(wall.truth, scene.true_picture, shape);
    }
}

void update_moments(const PanelContext& context, Wall& wall, const PhaseStage& stage, bool gl) {
    const Frame& frame = *stage.now;
    const bool of_state = wall.shows == WallShows::State || frame.denoised.empty();
    const WallMoment moment{stage.travel, stage.weigh, stage.weights != nullptr, stage.split.has_value(), stage.fade};
    if (wall.moments_frame == key_of(context, frame) && wall.moments_of_state == of_state && wall.moment == moment) {
        return;
    }
    wall.moment = moment;
    wall.moments_frame = key_of(context, frame);
    wall.moments_of_state = of_state;
    const PictureShape shape = shape_of(*context.scene());
    const PictureMoments moments = moments_of(stage, of_state, shape);
    wall.most_deviation = static_cast<double>(*std::max_element(moments.sd.begin(), moments.sd.end()));
    if (gl) {
        upload_hatched(wall.mean, moments.mean, shape);
        const auto bytes = deviation_picture(moments.sd, shape, wall.most_deviation);
        wall.deviation.upload(static_cast<int>(shape.width), static_cast<int>(shape.height), 4, bytes.data(),
                              gl::Filter::Nearest);
    }
}

void update_order(const PanelContext& context, Wall& wall, const Frame& frame) {
    if (wall.order_frame == key_of(context, frame) && wall.ordered_by == wall.order) {
        return;
    }
    wall.order_frame = key_of(context, frame);
    wall.ordered_by = wall.order;
    wall.families = first_ancestors(context.recording, frame.numbers.step);
    const std::unordered_set<int32_t> distinct(wall.families.begin(), wall.families.end());
    wall.many_families = distinct.size() == wall.families.size();
    wall.positions.resize(static_cast<size_t>(std::min(frame.count, most_pictures)));
    std::iota(wall.positions.begin(), wall.positions.end(), 0);
    if (wall.order == WallOrder::Weight && !frame.weights.empty()) {
        std::stable_sort(wall.positions.begin(), wall.positions.end(), [&frame](int32_t a, int32_t b) {
            return frame.weights[static_cast<size_t>(a)] > frame.weights[static_cast<size_t>(b)];
        });
    }
}

}  // namespace

void ensure_texture(const PanelContext& context, WallTexture& texture, const Frame& frame,
                    const std::vector<float>& values, bool gl) {
    if (!gl || values.empty() || texture.frame == key_of(context, frame)) {
        return;
    }
    texture.frame = key_of(context, frame);
    gl::load_functions();
    const PictureShape shape = shape_of(*context.scene());
    // A noisy state has the variance of the data plus sigma^2: divided by that, its contrast stays the same all along.
    const double sigma = frame.numbers.sigma;
    const double scale = &values == &frame.x ? 1 / std::sqrt(1 + sigma * sigma) : 1;
    texture.atlas = make_atlas(values, std::min(frame.count, most_pictures), shape, scale);
    texture.texture.upload(static_cast<int>(texture.atlas.width), static_cast<int>(texture.atlas.height),
                           texture.atlas.channels, texture.atlas.bytes.data(), gl::Filter::Nearest);
    texture.atlas.bytes = {};
}

void update_wall(const PanelContext& context, Wall& wall, const PhaseStage& stage, bool gl) {
    if (gl) {
        gl::load_functions();
    }
    const Frame& frame = *stage.now;
    update_references(context, wall, gl);
    update_moments(context, wall, stage, gl);
    update_order(context, wall, frame);
    const auto ensure = [&](const Frame& of, WallTexture& state, WallTexture& denoised) {
        if (wall.shows != WallShows::Denoised || frame.denoised.empty()) {
            ensure_texture(context, state, of, of.x, gl);
        }
        if (wall.shows != WallShows::State && !frame.denoised.empty()) {
            ensure_texture(context, denoised, of, of.denoised, gl);
        }
    };
    ensure(frame, wall.state, wall.denoised);
    if (stage.before != nullptr && stage.travel < 1) {
        ensure(*stage.before, wall.state_before, wall.denoised_before);
    }
}

}  // namespace drift
