#include "core/data/plane_data.h"

#include "core/arrays.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace drift {
namespace {

constexpr int64_t modes_a_side = 5;
constexpr double mode_spacing = 5;
constexpr double mode_variance = 0.3;

constexpr double moon_radius = 2.5;
constexpr double moon_x = 1.25;  // the centres are (-x, -y) of the upper moon and (x, y) of the lower one
constexpr double moon_y = 0.625;
constexpr double moon_noise = 0.2;

constexpr int64_t squares_a_side = 4;
constexpr double square = 2;

constexpr int64_t most_cells = 1 << 20;

int64_t index_below(double u, int64_t count) {
    return std::min(static_cast<int64_t>(u * static_cast<double>(count)), count - 1);
}

double square_of(double value) {
    return value * value;
}

}  // namespace

const std::vector<std::string>& plane_data_names() {
    static const std::vector<std::string> names{"25_modes", "two_moons", "checkerboard", "painted"};
    return names;
}

PlaneData::PlaneData(const PlaneDataOptions& options) : data_(options.data) {
    if (data_ == "25_modes") {
        noise_ = std::sqrt(mode_variance);
        // positions of equal spacing: (k^2 - 1) / 12
        variance_ = square_of(mode_spacing) * (square_of(modes_a_side) - 1) / 12 + mode_variance;
    } else if (data_ == "two_moons") {
        noise_ = moon_noise;
        const double along_x = square_of(moon_x) + square_of(moon_radius) / 2;
        const double along_y =
            square_of(moon_y) - 4 * moon_y * moon_radius / std::numbers::pi + square_of(moon_radius) / 2;
        variance_ = 0.5 * (along_x + along_y) + square_of(moon_noise);
    } else if (data_ == "checkerboard") {
        variance_ = square_of(squares_a_side * square) / 12;
    } else {
        read_painting(options);
    }
}

void PlaneData::read_painting(const PlaneDataOptions& options) {
    const std::string key = "prior.painting";
    const torch::Tensor density = matrix_of(options.painting, key);
    const double total = density.sum().item<double>();
    if (density.numel() > most_cells) {
        throw UserError(in_quotes(key) + " has " + std::to_string(density.numel()) + " cells, but at most " +
                        std::to_string(most_cells) + " are accepted");
    }
    if (!density.ge(0).all().item<bool>() || !(total > 0) || !std::isfinite(total)) {
        throw UserError(in_quotes(key) + " holds " + (total > 0 ? "a negative number" : "no number above 0") +
                        ", but must hold densities from 0 on, one of them above 0");
    }
    rows_ = density.size(0);
    columns_ = density.size(1);
    cell_ = 2 * options.half_width / static_cast<double>(std::max(rows_, columns_));
    double running = 0;
    Point squares;
    for (int64_t i = 0; i < density.numel(); ++i) {
        const double share = options.painting.data[static_cast<size_t>(i)] / total;
        running += share;
        cumulative_.push_back(running);
        const double x = (static_cast<double>(i % columns_) + 0.5 - 0.5 * static_cast<double>(columns_)) * cell_;
        const double y = (0.5 * static_cast<double>(rows_) - static_cast<double>(i / columns_) - 0.5) * cell_;
        mean_.x += share * x;
        mean_.y += share * y;
        squares.x += share * x * x;
        squares.y += share * y * y;
    }
    const double within = square_of(cell_) / 12;
    variance_ = 0.5 * (squares.x + squares.y - square_of(mean_.x) - square_of(mean_.y)) + within;
}

PlaneData::Point PlaneData::painted(double u, double v, double w) const {
    const auto above = std::upper_bound(cumulative_.begin(), cumulative_.end(), u * cumulative_.back());
    const int64_t cell = std::min<int64_t>(above - cumulative_.begin(), rows_ * columns_ - 1);
    return {(static_cast<double>(cell % columns_) + v - 0.5 * static_cast<double>(columns_)) * cell_,
            (0.5 * static_cast<double>(rows_) - static_cast<double>(cell / columns_) - w) * cell_};
}

PlaneData::Point PlaneData::place(double u, double v, double w) const {
    if (data_ == "25_modes") {
        const auto position = [](double share) {
            return mode_spacing * static_cast<double>(index_below(share, modes_a_side) - modes_a_side / 2);
        };
        return {position(u), position(v)};
    }
    if (data_ == "two_moons") {
        const double angle = std::numbers::pi * v;
        const double side = u < 0.5 ? 1 : -1;
        return {side * (moon_radius * std::cos(angle) - moon_x), side * (moon_radius * std::sin(angle) - moon_y)};
    }
    if (data_ == "checkerboard") {
        // u picks one of the squares that are filled, two in each row
        const int64_t filled = index_below(u, squares_a_side * squares_a_side / 2);
        const int64_t row = filled / (squares_a_side / 2);
        const int64_t column = filled % (squares_a_side / 2) * 2 + row % 2;
        const double half = 0.5 * squares_a_side;
        return {(static_cast<double>(column) + v - half) * square, (static_cast<double>(row) + w - half) * square};
    }
    return painted(u, v, w);
}

torch::Tensor PlaneData::draw(int64_t count, const Random& random) const {
    torch::Tensor points = torch::zeros({count, 2}, torch::kFloat32);
    if (noise_ > 0) {
        random.fill_normals(points, kernels::Purpose::Metric, 0);
    }
    auto* numbers = points.data_ptr<float>();
    const kernels::RandomStream stream{random.seed, kernels::Purpose::Problem, 0};
    for (int64_t i = 0; i < count; ++i) {
        const auto row = static_cast<uint64_t>(i);
        const Point at =
            place(kernels::uniform(stream, row, 0), kernels::uniform(stream, row, 1), kernels::uniform(stream, row, 2));
        numbers[2 * i] = static_cast<float>(at.x + noise_ * static_cast<double>(numbers[2 * i]));
        numbers[2 * i + 1] = static_cast<float>(at.y + noise_ * static_cast<double>(numbers[2 * i + 1]));
    }
    return points;
}

}  // namespace drift
