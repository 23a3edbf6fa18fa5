#include "core/grid_view.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace drift {
namespace {

constexpr double negligible = 1e-8;  // of the largest density
constexpr int most_parts = 12;       // that a side of a cell is cut into

/// Points along one side of a box.
struct Axis {
    double low, high;
    int points;

    double step() const { return points > 1 ? (high - low) / (points - 1) : 1; }
    double place(int i) const { return low + step() * i; }
};

Axis axis_x(const GridBox& box) {
    return {box.x_min, box.x_max, box.columns};
}
Axis axis_y(const GridBox& box) {
    return {box.y_min, box.y_max, box.rows};
}

/// Weights [to x from] that take values at the points of an axis to those of another range: a line between neighbours,
/// or a Gaussian where it is wide enough for sums to be integrals.
std::vector<double> weights_along(const Axis& from, const Axis& to, double sigma) {
    const auto columns = static_cast<size_t>(from.points);
    std::vector<double> weights(columns * static_cast<size_t>(to.points), 0);
    const double step = from.step();
    for (int i = 0; i < to.points; ++i) {
        const double x = to.place(i);
        for (int j = 0; j < from.points; ++j) {
            const double apart = std::abs(x - from.place(j));
            double& weight = weights[static_cast<size_t>(i) * columns + static_cast<size_t>(j)];
            if (from.points == 1) {
                weight = 1;
            } else if (sigma > 0.75 * step) {
                weight =
                    std::exp(-0.5 * apart * apart / (sigma * sigma)) * step / (sigma * std::sqrt(2 * std::numbers::pi));
            } else {
                weight = std::max(0.0, 1 - apart / step);
            }
        }
    }
    return weights;
}

/// values [rows x columns] -> [rows x to], each row by the same weights; rows with nothing in them are passed over.
std::vector<double> along_rows(const std::vector<double>& values, int rows, int columns,
                               const std::vector<double>& weights, int to) {
    std::vector<double> result(static_cast<size_t>(rows) * static_cast<size_t>(to), 0);
    const double least = negligible * *std::max_element(values.begin(), values.end());
    for (int row = 0; row < rows; ++row) {
        const double* from = values.data() + static_cast<ptrdiff_t>(row) * columns;
        const double* first = std::find_if(from, from + columns, [least](double value) { return value > least; });
        const double* last = from + columns;
        while (last > first && !(*(last - 1) > least)) {
            --last;
        }
        for (int i = 0; i < to && first < last; ++i) {
            const double* weight = weights.data() + static_cast<ptrdiff_t>(i) * columns + (first - from);
            double sum = 0;
            for (const double* value = first; value < last; ++value) {
                sum += *weight++ * *value;
            }
            result[static_cast<size_t>(row) * static_cast<size_t>(to) + static_cast<size_t>(i)] = sum;
        }
    }
    return result;
}

std::vector<double> turned(const std::vector<double>& values, int rows, int columns) {
    std::vector<double> result(values.size());
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            result[static_cast<size_t>(column) * static_cast<size_t>(rows) + static_cast<size_t>(row)] =
                values[static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(column)];
        }
    }
    return result;
}

/// Lays shares of mass on the points of a box, each on the ones around it by how near they are.
class Canvas {
public:
    explicit Canvas(const GridBox& box)
        : box_(box), mass_(static_cast<size_t>(box.columns) * static_cast<size_t>(box.rows), 0) {}

    /// In points from the lower left corner.
    double column(double x) const { return (x - box_.x_min) / axis_x(box_).step(); }
    double row(double y) const { return box_.rows > 1 ? (y - box_.y_min) / axis_y(box_).step() : 0; }
    void lay(double column, double row, double mass) {
        const double left = std::floor(column);
        const double lower = std::floor(row);
        for (int side = 0; side < 4; ++side) {
            const double c = left + side % 2;
            const double r = side < 2 ? lower : lower + 1;
            if (c >= 0 && c < box_.columns && r >= 0 && r < box_.rows) {
                mass_[static_cast<size_t>(r) * static_cast<size_t>(box_.columns) + static_cast<size_t>(c)] +=
                    mass * (1 - std::abs(column - c)) * (1 - std::abs(row - r));
            }
        }
    }
    GridDensity density() const {
        const double cell = axis_x(box_).step() * axis_y(box_).step();
        GridDensity result{box_, {}};
        for (const double mass : mass_) {
            result.density.push_back(static_cast<float>(mass / cell));
        }
        return result;
    }

private:
    GridBox box_;
    std::vector<double> mass_;
};

/// A cell of noise: its corners on the canvas, lower left, lower right, upper left, upper right, and their densities.
struct Cell {
    double column[4], row[4], density[4];

    double at(const double (&values)[4], double u, double v) const {
        return (1 - v) * ((1 - u) * values[0] + u * values[1]) + v * ((1 - u) * values[2] + u * values[3]);
    }
    /// So many parts of a side that none is wider than half the distance of the points it is laid on.
    int parts() const {
        const auto [left, right] = std::minmax_element(column, column + 4);
        const auto [low, high] = std::minmax_element(row, row + 4);
        return std::clamp(static_cast<int>(2 * std::max(*right - *left, *high - *low)) + 1, 1, most_parts);
    }
};

void lay(const Cell& cell, double area, bool line, Canvas& canvas) {
    const int across = cell.parts();
    const int up = line ? 1 : across;
    for (int j = 0; j < up; ++j) {
        for (int i = 0; i < across; ++i) {
            const double u = (i + 0.5) / across;
            const double v = line ? 0 : (j + 0.5) / up;
            canvas.lay(cell.at(cell.column, u, v), cell.at(cell.row, u, v),
                       cell.at(cell.density, u, v) * area / (across * up));
        }
    }
}

}  // namespace

std::vector<float> density_on_grid(const GridDensity& density, double sigma, const GridBox& box) {
    const GridBox& own = density.box;
    const std::vector<double> values(density.density.begin(), density.density.end());
    const std::vector<double> across =
        along_rows(values, own.rows, own.columns, weights_along(axis_x(own), axis_x(box), sigma), box.columns);
    const std::vector<double> up = along_rows(turned(across, own.rows, box.columns), box.columns, own.rows,
                                              weights_along(axis_y(own), axis_y(box), sigma), box.rows);
    const std::vector<double> result = turned(up, box.columns, box.rows);
    return {result.begin(), result.end()};
}

GridDensity transposed(const GridDensity& density) {
    const GridBox& box = density.box;
    const std::vector<double> values(density.density.begin(), density.density.end());
    const std::vector<double> result = turned(values, box.rows, box.columns);
    return {{box.y_min, box.y_max, box.x_min, box.x_max, box.rows, box.columns}, {result.begin(), result.end()}};
}

GridDensity pushed_forward(const GridDensity& density, const DecoderGrid& map, const GridBox& box) {
    const GridBox& own = density.box;
    const bool line = own.rows == 1;
    const size_t d = map.x.size() / density.density.size();
    const double area = axis_x(own).step() * (line ? 1 : axis_y(own).step());
    const double least =
        negligible * static_cast<double>(*std::max_element(density.density.begin(), density.density.end()));
    Canvas canvas(box);
    for (int row = 0; row + (line ? 0 : 1) < own.rows; ++row) {
        for (int column = 0; column + 1 < own.columns; ++column) {
            Cell cell{};
            for (int corner = 0; corner < 4; ++corner) {
                const int r = row + (line ? 0 : corner / 2);
                const auto i = static_cast<size_t>(r) * static_cast<size_t>(own.columns) +
                               static_cast<size_t>(column + corner % 2);
                cell.density[corner] = static_cast<double>(density.density[i]);
                cell.column[corner] = canvas.column(static_cast<double>(map.x[i * d]));
                cell.row[corner] = d > 1 ? canvas.row(static_cast<double>(map.x[i * d + 1])) : 0;
            }
            if (*std::max_element(cell.density, cell.density + 4) > least) {
                lay(cell, area, line, canvas);
            }
        }
    }
    return canvas.density();
}

}  // namespace drift
