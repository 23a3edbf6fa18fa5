#include "core/guidance_field.h"

#include "core/mixture_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

float quotient(double numerator, double denominator) {
    return denominator > 0 && std::isfinite(numerator) && std::isfinite(denominator)
               ? static_cast<float>(numerator / denominator)
               : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

bool has_exact_field(const Scene& scene) {
    return scene.guided && scene.prior && scene.posterior && !scene.noise_space() && !scene.pictures() &&
           scene.dimension() == 2;
}

GridBox field_box(const Scene& scene, double sigma) {
    const double half = shown_half_width(scene, sigma, widths_of_noise);
    const double x = scene.data_center.at(0);
    const double y = scene.data_center.at(1);
    return {x - half, x + half, y - half, y + half, field_side, field_side};
}

std::vector<float> exact_shift(const MixtureView& prior, const MixtureView& posterior, double sigma,
                               const std::vector<float>& x) {
    const std::vector<double> without = denoised_by(prior, sigma, x);
    const std::vector<double> with = denoised_by(posterior, sigma, x);
    std::vector<float> shift(x.size());
    std::transform(with.begin(), with.end(), without.begin(), shift.begin(),
                   [](double a, double b) { return static_cast<float>(a - b); });
    return shift;
}

Agreement agreement(const std::vector<float>& vectors, const std::vector<float>& others, int64_t dimension,
                    double least) {
    const auto d = static_cast<size_t>(dimension);
    Agreement result;
    for (size_t row = 0; row + d <= vectors.size(); row += d) {
        double product = 0;
        double squared = 0;
        double other_squared = 0;
        for (size_t k = row; k < row + d; ++k) {
            const auto a = static_cast<double>(vectors[k]);
            const auto b = static_cast<double>(others[k]);
            product += a * b;
            squared += a * a;
            other_squared += b * b;
        }
        const double length = std::sqrt(squared);
        const double other_length = std::sqrt(other_squared);
        if (other_length < least) {
            result.cosine.push_back(std::numeric_limits<float>::quiet_NaN());
            result.log_ratio.push_back(std::numeric_limits<float>::quiet_NaN());
            continue;
        }
        result.cosine.push_back(quotient(product, length * other_length));
        result.log_ratio.push_back(length > 0 ? std::log2(quotient(length, other_length))
                                              : std::numeric_limits<float>::quiet_NaN());
    }
    return result;
}

std::optional<GuidanceField> guidance_field(const Frame& frame, const Scene& scene) {
    if (frame.field.empty() || !has_exact_field(scene)) {
        return std::nullopt;
    }
    const double x = frame.field_center[0];
    const double y = frame.field_center[1];
    const double half = frame.field_half;
    GuidanceField field;
    field.box = {x - half, x + half, y - half, y + half, frame.field_side, frame.field_side};
    field.method = frame.field;
    field.exact = exact_shift(*scene.prior, *scene.posterior, frame.numbers.sigma, grid_points(field.box));
    field.agreement = agreement(field.method, field.exact, 2);
    return field;
}

FieldNumbers field_at_particles(const Frame& frame, const Scene& scene) {
    if (frame.shift.empty() || !has_exact_field(scene) || !(frame.numbers.sigma > 0)) {
        return {};
    }
    const std::vector<float> exact = exact_shift(*scene.prior, *scene.posterior, frame.numbers.sigma, frame.x);
    const Agreement each = agreement(frame.shift, exact, frame.dimension);
    return {weighted_median(each.cosine, frame.weights), std::exp2(weighted_median(each.log_ratio, frame.weights))};
}

std::vector<float> force_ratios(const Frame& frame) {
    const auto d = static_cast<size_t>(frame.dimension);
    std::vector<float> ratios;
    if (frame.denoised.size() != frame.shift.size()) {
        return ratios;
    }
    for (size_t row = 0; row + d <= frame.shift.size(); row += d) {
        double shift = 0;
        double score = 0;
        for (size_t k = row; k < row + d; ++k) {
            const double away = static_cast<double>(frame.denoised[k]) - static_cast<double>(frame.x[k]);
            shift += static_cast<double>(frame.shift[k]) * static_cast<double>(frame.shift[k]);
            score += away * away;
        }
        ratios.push_back(quotient(std::sqrt(shift), std::sqrt(score)));
    }
    return ratios;
}

double weighted_median(const std::vector<float>& values, const std::vector<float>& weights) {
    std::vector<std::pair<float, double>> sorted;
    double total = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        if (std::isfinite(values[i])) {
            const double weight = weights.empty() ? 1 : static_cast<double>(weights[i]);
            sorted.emplace_back(values[i], weight);
            total += weight;
        }
    }
    std::sort(sorted.begin(), sorted.end());
    double below = 0;
    for (const auto& [value, weight] : sorted) {
        below += weight;
        if (below >= total / 2) {
            return static_cast<double>(value);
        }
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace drift
