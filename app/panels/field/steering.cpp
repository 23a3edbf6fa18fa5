#include "app/panels/field/steering.h"

#include "app/events.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

FieldNumbers medians(const Agreement& agreement) {
    return {weighted_median(agreement.cosine, {}), std::exp2(weighted_median(agreement.log_ratio, {}))};
}

/// Median length at the particles, in units of sigma.
double median_length(const PlaneField& field, double sigma) {
    std::vector<float> lengths;
    for (size_t i = 0; i + 1 < field.at_places.size(); i += 2) {
        lengths.push_back(std::hypot(field.at_places[i], field.at_places[i + 1]));
    }
    return weighted_median(lengths, {}) / sigma;
}

int64_t steered(const PlaneField& exact, double sigma) {
    int64_t count = 0;
    for (size_t i = 0; i + 1 < exact.at_places.size(); i += 2) {
        const auto length = static_cast<double>(std::hypot(exact.at_places[i], exact.at_places[i + 1]));
        count += length >= least_steering * sigma ? 1 : 0;
    }
    return count;
}

/// Where one of the fields is nought but for rounding, their ratio says no more than that.
std::string ratio_text(double ratio) {
    return ratio > 1000 ? "above 1,000" : ratio < 0.001 ? "below 0.001" : short_number(ratio);
}

std::string numbers_text(const char* name, const FieldNumbers& numbers) {
    return std::string(name) + " cosine " + short_number(numbers.cosine) + ", ratio " + ratio_text(numbers.ratio);
}

}  // namespace

void compare_fields(CorrectionPicture& picture) {
    const CorrectionNumbers& field = *picture.field;
    if (!field.exact.known()) {
        return;
    }
    const double least = least_steering * field.sigma;
    picture.steered = steered(field.exact, field.sigma);
    const auto compare = [&](const PlaneField& other, Agreement& on_grid, FieldNumbers& at_places) {
        if (other.known()) {
            on_grid = agreement(other.on_grid, field.exact.on_grid, 2, least);
            at_places = medians(agreement(other.at_places, field.exact.at_places, 2, least));
        }
    };
    compare(field.learned, picture.learned, picture.learned_numbers);
    compare(field.dps, picture.dps, picture.dps_numbers);
}

std::vector<std::string> steering_texts(const CorrectionPicture& picture) {
    const CorrectionNumbers& field = *picture.field;
    if (!field.exact.known()) {
        return {};
    }
    const auto all = static_cast<int64_t>(field.exact.at_places.size() / 2);
    if (picture.steered == 0) {
        return {"the particles have settled: exact below 1 % of sigma, learned " +
                percent(median_length(field.learned, field.sigma))};
    }
    const std::string where = picture.steered == all
                                  ? "at the particles: "
                                  : grouped(picture.steered) + " of " + grouped(all) + " particles not settled: ";
    std::vector<std::string> texts{where + numbers_text("learned", picture.learned_numbers)};
    if (field.dps.known()) {
        texts.push_back(numbers_text("DPS", picture.dps_numbers));
    }
    return texts;
}

}  // namespace drift
