#include "app/panels/data/cloud.h"

#include "app/lineage.h"
#include "app/panels/data/phase_stage.h"
#include "app/panels/data/residuals.h"
#include "app/theme.h"

#include "core/mixture_view.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace drift {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

uint32_t with_alpha(uint32_t colour, float alpha) {
    const auto a = static_cast<uint32_t>(std::clamp(alpha, 0.0F, 1.0F) * 255.0F);
    return (colour & 0x00FFFFFFU) | (a << 24);
}

std::array<uint32_t, 256> value_table(bool light) {
    std::array<uint32_t, 256> table{};
    for (size_t i = 0; i < table.size(); ++i) {
        table[i] = to_u32(value_colour(static_cast<double>(i) / 255, light));
    }
    return table;
}

/// Weights fall into classes of equal leading bits, an eighth of an octave wide: rising with the weight, and found
/// without a logarithm.
constexpr int class_shift = 20;
constexpr size_t weight_classes = size_t{1} << (32 - class_shift);

size_t weight_class(float weight) {
    return weight > 0 ? std::bit_cast<uint32_t>(weight) >> class_shift : 0;  // 0 for NaN, too
}

class Builder {
public:
    Builder(const Recording& recording, const CloudMoment& moment, const CloudOptions& options, CloudPicture& picture)
        : recording_(recording), options_(options), stage_(stage_of(recording, moment)), picture_(picture) {
        now_ = stage_.now;
        before_ = stage_.before;
        picture_.step = stage_.step;
        n_ = static_cast<size_t>(now_->count);
        radius_ = options.pixel *
                  std::clamp(3.4F * std::pow(1500.0F / static_cast<float>(std::max<size_t>(n_, 1)), 0.25F), 1.1F, 4.0F);
    }

    void build() {
        place_all();
        weigh(stage_, picture_.weights);
        colour_all();
        picture_.cloud.vertices.clear();
        picture_.cloud.vertices.reserve(n_ + 2 * static_cast<size_t>(trail_steps) * std::min(n_, size_t{max_trails}));
        if (options_.trails) {
            add_trails();
        }
        const bool ghosts = options_.ghosts && options_.space == Space::Data && !now_->denoised.empty();
        if (ghosts) {
            add_ghost_lines();
        }
        if (stage_.split) {
            add_family_lines();
        }
        picture_.cloud.line_vertices = picture_.cloud.vertices.size();
        if (ghosts) {
            add_ghost_dots();
        }
        if (stage_.split) {
            add_families();
        } else {
            add_particles();
        }
    }

private:
    PlanePoint at(const Frame& frame, size_t i) const {
        return place_of(frame, options_.space, i, options_.axis_x, options_.axis_y);
    }

    PlanePoint denoised_at(const Frame& frame, size_t i) const {
        const int64_t d = frame.dimension;
        const float* row = frame.denoised.data() + static_cast<int64_t>(i) * d;
        return {row[std::min(options_.axis_x, d - 1)], d == 1 ? 0.0F : row[std::min(options_.axis_y, d - 1)]};
    }

    PlanePoint between(const PlanePoint& a, const PlanePoint& b) const {
        return {a.x + stage_.travel * (b.x - a.x), a.y + stage_.travel * (b.y - a.y)};
    }

    void place_all() {
        picture_.places.resize(n_);
        picture_.non_finite = 0;
        for (size_t i = 0; i < n_; ++i) {
            PlanePoint place = at(*now_, i);
            if (before_ != nullptr) {
                place = between(at(*before_, parent_of(stage_, i)), place);
            }
            if (!std::isfinite(place.x) || !std::isfinite(place.y)) {
                place = {missing, missing};
                ++picture_.non_finite;
            }
            picture_.places[i] = place;
        }
    }

    void colour_all() {
        picture_.colours.assign(n_, to_u32(palette(options_.light).particle));
        if (options_.colour_by == ColourBy::Weight && !now_->weights.empty()) {
            const auto table = value_table(options_.light);
            std::array<uint32_t, weight_classes> of_class{};
            for (size_t k = 0; k < weight_classes / 2; ++k) {  // the other half would be negative
                const auto middle = static_cast<uint32_t>((k << class_shift) + (size_t{1} << (class_shift - 1)));
                const auto weight = static_cast<double>(std::bit_cast<float>(middle));
                of_class[k] = table[static_cast<size_t>(255 * weight_on_scale(weight, static_cast<int64_t>(n_)))];
            }
            for (size_t i = 0; i < n_; ++i) {
                picture_.colours[i] = of_class[weight_class(picture_.weights[i])];
            }
        } else if (options_.colour_by == ColourBy::Mode && recording_.scene() != nullptr) {
            colour_modes(*recording_.scene());
        } else if (options_.colour_by == ColourBy::Ancestor) {
            colour_categories(first_ancestors(recording_, picture_.step));
        } else if (options_.colour_by == ColourBy::Residual) {
            colour_residuals();
        }
    }

    /// Grey as long as the trajectories have not ended.
    void colour_residuals() {
        const Frame* ended = options_.ended < 0 ? nullptr : recording_.at(options_.ended).get();
        if (ended == nullptr || ended->residuals.size() != n_) {
            picture_.colours.assign(n_, to_u32(palette(options_.light).faint));
            return;
        }
        const auto table = value_table(options_.light);
        for (size_t i = 0; i < n_; ++i) {
            const double place = residual_on_scale(static_cast<double>(ended->residuals[i]));
            picture_.colours[i] = table[static_cast<size_t>(255 * place)];
        }
    }

    void colour_modes(const Scene& scene) {
        const std::optional<MixtureView>& modes = scene.prior ? scene.prior : scene.posterior;
        if (modes && modes->dimension == now_->dimension) {
            colour_categories(nearest_components(*modes, now_->x));
        }
    }

    void colour_categories(const std::vector<int32_t>& category) {
        for (size_t i = 0; i < n_; ++i) {
            picture_.colours[i] = category[i] < 0 ? to_u32(palette(options_.light).faint)
                                                  : to_u32(category_colour(category[i], options_.light));
        }
    }

    void add(const PlanePoint& place, uint32_t colour, float radius) {
        picture_.cloud.vertices.push_back({place.x, place.y, colour, radius});
    }

    void add_line(const PlanePoint& a, const PlanePoint& b, uint32_t from, uint32_t to) {
        if (std::isfinite(a.x + a.y + b.x + b.y)) {
            add(a, from, 1);
            add(b, to, 1);
        }
    }

    /// From the place shown back through the ancestors, fading.
    void add_trails() {
        const size_t stride = std::max<size_t>((n_ + max_trails - 1) / max_trails, 1);
        const size_t trails = n_ / stride + 1;
        const float strength = 0.5F * std::clamp(std::sqrt(150.0F / static_cast<float>(trails)), 0.3F, 1.0F);
        const int64_t oldest = std::max<int64_t>(0, picture_.step - trail_steps);
        for (size_t i = 0; i < n_; i += stride) {
            PlanePoint here = picture_.places[i];
            auto index = static_cast<int32_t>(i);
            for (int64_t k = picture_.step - 1; k >= oldest; --k) {
                index = recording_.ancestor(k + 1, k, index);
                const Frame& frame = *recording_.at(k);
                if (!has_places(frame, options_.space)) {
                    continue;
                }
                const PlanePoint there = at(frame, static_cast<size_t>(index));
                const auto age = [this](int64_t state) {
                    return 1 - (static_cast<float>(picture_.step - state)) / static_cast<float>(trail_steps + 1);
                };
                add_line(here, there, with_alpha(picture_.colours[i], strength * age(k + 1)),
                         with_alpha(picture_.colours[i], strength * age(k)));
                here = there;
            }
        }
    }

    PlanePoint ghost(size_t i) const {
        const PlanePoint own = denoised_at(*now_, i);
        return before_ == nullptr || before_->denoised.empty()
                   ? own
                   : between(denoised_at(*before_, parent_of(stage_, i)), own);
    }

    size_t ghost_stride() const { return std::max<size_t>((n_ + max_ghosts - 1) / max_ghosts, 1); }

    void add_ghost_lines() {
        const uint32_t faint = to_u32(palette(options_.light).faint, n_ > 500 ? 0.22F : 0.4F);
        for (size_t i = 0; i < n_; i += ghost_stride()) {
            add_line(picture_.places[i], ghost(i), faint, faint);
        }
    }

    void add_ghost_dots() {
        const uint32_t colour = to_u32(palette(options_.light).text, 0.75F);
        for (size_t i = 0; i < n_; i += ghost_stride()) {
            const PlanePoint place = ghost(i);
            if (std::isfinite(place.x + place.y)) {
                add(place, colour, -std::max(radius_ * 1.15F, 2.6F * options_.pixel));
            }
        }
    }

    void add_particles() {
        const bool sized = options_.size_by_weight && !now_->weights.empty();
        sort_by_weight(sized);
        for (const size_t i : picture_.order) {
            const PlanePoint& place = picture_.places[i];
            if (std::isnan(place.x)) {
                continue;
            }
            add(place, with_alpha(picture_.colours[i], options_.faded ? 0.4F : 0.92F), radius_of(i));
        }
    }

    float radius_of(size_t i) const {
        const bool sized = options_.size_by_weight && !now_->weights.empty();
        const float share = picture_.weights[i] * static_cast<float>(n_);
        return sized ? radius_ * std::clamp(std::sqrt(share), 0.45F, 3.2F) : radius_;
    }

    /// Calls `draw` with the parent and the place of every child of the resampling.
    template <class Draw>
    void for_children(const Draw& draw) const {
        std::vector<int32_t> born(n_, 0);
        const float apart = 2.3F * radius_ * options_.per_pixel * stage_.apart;
        for (const int32_t ancestor : stage_.split->ancestors) {
            const auto i = static_cast<size_t>(ancestor);
            const PlanePoint offset = sibling_offset(born[i]++, stage_.split->counts[i]);
            const PlanePoint& place = picture_.places[i];
            draw(i, PlanePoint{place.x + apart * offset.x, place.y + apart * offset.y});
        }
    }

    void add_family_lines() {
        for_children([this](size_t i, const PlanePoint& child) {
            add_line(picture_.places[i], child, with_alpha(picture_.colours[i], 0.7F),
                     with_alpha(picture_.colours[i], 0.7F));
        });
    }

    /// Parents give way to their children, each with an equal share; those without any fade.
    void add_families() {
        const float faded = 0.92F * (1 - stage_.fade);
        for (size_t i = 0; i < n_; ++i) {
            if (!std::isnan(picture_.places[i].x) && faded > 0.01F) {
                add(picture_.places[i], with_alpha(picture_.colours[i], faded), radius_of(i));
            }
        }
        for_children([this](size_t i, const PlanePoint& child) {
            if (!std::isnan(child.x)) {
                add(child, with_alpha(picture_.colours[i], 0.92F * stage_.fade), radius_);
            }
        });
    }

    /// Heavy particles last, so that they are not covered; by slot within a class.
    void sort_by_weight(bool sized) {
        std::vector<uint32_t>& order = picture_.order;
        order.resize(n_);
        if (!sized) {
            std::iota(order.begin(), order.end(), uint32_t{0});
            return;
        }
        std::array<uint32_t, weight_classes + 1> place{};
        for (const float weight : picture_.weights) {
            ++place[weight_class(weight) + 1];
        }
        std::partial_sum(place.begin(), place.end(), place.begin());
        for (size_t i = 0; i < n_; ++i) {
            order[place[weight_class(picture_.weights[i])]++] = static_cast<uint32_t>(i);
        }
    }

    const Recording& recording_;
    const CloudOptions& options_;
    PhaseStage stage_;
    const Frame* now_ = nullptr;
    const Frame* before_ = nullptr;
    size_t n_ = 0;
    float radius_ = 2;
    CloudPicture& picture_;
};

}  // namespace

double weight_on_scale(double weight, int64_t count) {
    if (!(weight > 0)) {
        return 0;
    }
    return std::clamp(0.5 + 0.25 * std::log10(weight * static_cast<double>(count)), 0.0, 1.0);
}

void build_picture(const Recording& recording, const CloudMoment& moment, const CloudOptions& options,
                   CloudPicture& picture) {
    Builder(recording, moment, options, picture).build();
}

std::vector<PlanePoint> path_of(const Recording& recording, const ParticleRef& particle, int64_t axis_x, int64_t axis_y,
                                Space space) {
    std::vector<PlanePoint> path;
    int32_t index = particle.index;
    for (int64_t k = particle.step; k >= 0 && index >= 0; --k) {
        const Frame& frame = *recording.at(k);
        if (has_places(frame, space)) {
            path.push_back(place_of(frame, space, static_cast<size_t>(index), axis_x, axis_y));
        }
        index = k > 0 ? recording.ancestor(k, k - 1, index) : index;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

}  // namespace drift
