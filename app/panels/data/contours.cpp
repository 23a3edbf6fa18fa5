#include "app/panels/data/contours.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>

namespace drift {
namespace {

/// Sides of a cell: bottom, right, top, left. Corner bits: 1 lower left, 2 lower right, 4 upper right, 8 upper left.
struct CellLines {
    int count = 0;
    std::array<int, 4> sides{};  // pairs
};

CellLines lines_of(int corners, bool middle_above) {
    switch (corners) {
        case 1:
        case 14:
            return {1, {3, 0, 0, 0}};
        case 2:
        case 13:
            return {1, {0, 1, 0, 0}};
        case 3:
        case 12:
            return {1, {3, 1, 0, 0}};
        case 4:
        case 11:
            return {1, {1, 2, 0, 0}};
        case 6:
        case 9:
            return {1, {0, 2, 0, 0}};
        case 7:
        case 8:
            return {1, {2, 3, 0, 0}};
        case 5:  // two opposite corners above: the middle decides whether they belong together
            return middle_above ? CellLines{2, {0, 1, 2, 3}} : CellLines{2, {3, 0, 1, 2}};
        case 10:
            return middle_above ? CellLines{2, {3, 0, 1, 2}} : CellLines{2, {0, 1, 2, 3}};
        default:
            return {};
    }
}

class Marcher {
public:
    Marcher(const std::vector<float>& values, const GridBox& box, float level)
        : values_(values), box_(box), level_(level), by_side_(2 * values.size(), -1) {}

    std::vector<Polyline> lines() {
        for (int row = 0; row + 1 < box_.rows; ++row) {
            for (int column = 0; column + 1 < box_.columns; ++column) {
                cross_cell(column, row);
            }
        }
        return join();
    }

private:
    struct Crossing {
        std::array<int, 2> next{-1, -1};  // crossings that a line leads to
        PlanePoint point;
        bool used = false;
    };

    float value(int column, int row) const {
        return values_[static_cast<size_t>(row) * static_cast<size_t>(box_.columns) + static_cast<size_t>(column)];
    }

    void cross_cell(int column, int row) {
        const float a = value(column, row);
        const float b = value(column + 1, row);
        const float c = value(column + 1, row + 1);
        const float d = value(column, row + 1);
        const int corners = (a > level_ ? 1 : 0) | (b > level_ ? 2 : 0) | (c > level_ ? 4 : 0) | (d > level_ ? 8 : 0);
        const CellLines cell = lines_of(corners, (a + b + c + d) / 4 > level_);
        for (int line = 0; line < cell.count; ++line) {
            const auto first = 2 * static_cast<size_t>(line);
            const int from = crossing(column, row, cell.sides[first]);
            const int to = crossing(column, row, cell.sides[first + 1]);
            connect(from, to);
            connect(to, from);
        }
    }

    void connect(int from, int to) {
        std::array<int, 2>& next = crossings_[static_cast<size_t>(from)].next;
        next[next[0] < 0 ? 0 : 1] = to;
    }

    /// The crossing on a side of a cell; neighbouring cells share it.
    int crossing(int column, int row, int side) {
        const bool horizontal = side == 0 || side == 2;
        const int c = column + (side == 1 ? 1 : 0);
        const int r = row + (side == 2 ? 1 : 0);
        int& place =
            by_side_[(static_cast<size_t>(r) * static_cast<size_t>(box_.columns) + static_cast<size_t>(c)) * 2 +
                     (horizontal ? 0 : 1)];
        if (place < 0) {
            place = static_cast<int>(crossings_.size());
            const float low = value(c, r);
            const float high = horizontal ? value(c + 1, r) : value(c, r + 1);
            const float t = high == low ? 0.5F : (level_ - low) / (high - low);
            Crossing made;
            made.point = at(static_cast<float>(c) + (horizontal ? t : 0), static_cast<float>(r) + (horizontal ? 0 : t));
            crossings_.push_back(made);
        }
        return place;
    }

    PlanePoint at(float column, float row) const {
        const double dx = (box_.x_max - box_.x_min) / (box_.columns - 1);
        const double dy = (box_.y_max - box_.y_min) / (box_.rows - 1);
        return {static_cast<float>(box_.x_min + column * dx), static_cast<float>(box_.y_min + row * dy)};
    }

    std::vector<Polyline> join() {
        std::vector<Polyline> lines;
        for (const bool open_ends : {true, false}) {  // open lines first, from an end; what is left is closed
            for (size_t i = 0; i < crossings_.size(); ++i) {
                if (!crossings_[i].used && (!open_ends || crossings_[i].next[1] < 0)) {
                    lines.push_back(follow(static_cast<int>(i)));
                }
            }
        }
        return lines;
    }

    Polyline follow(int start) {
        Polyline line;
        int current = start;
        while (current >= 0) {
            Crossing& here = crossings_[static_cast<size_t>(current)];
            here.used = true;
            line.push_back(here.point);
            int onwards = -1;
            for (const int next : here.next) {
                if (next >= 0 && !crossings_[static_cast<size_t>(next)].used) {
                    onwards = next;
                    break;
                }
            }
            if (onwards < 0 && line.size() > 2 && (here.next[0] == start || here.next[1] == start)) {
                line.push_back(line.front());
            }
            current = onwards;
        }
        return line;
    }

    const std::vector<float>& values_;
    const GridBox& box_;
    float level_;
    std::vector<Crossing> crossings_;
    std::vector<int> by_side_;  // the crossing of each side of the grid, -1 for none
};

}  // namespace

std::vector<Polyline> contour_lines(const std::vector<float>& values, const GridBox& box, float level) {
    return Marcher(values, box, level).lines();
}

std::vector<float> levels_of_shares(const std::vector<float>& values, const std::vector<double>& shares) {
    const double total = std::accumulate(values.begin(), values.end(), 0.0);
    const double largest = shares.empty() ? 1 : *std::max_element(shares.begin(), shares.end());
    // Most of a grid is almost nought. Values that together make less than what the largest share leaves out cannot be
    // a level, and need not be sorted.
    const double least = 0.9 * (1 - largest) * total / static_cast<double>(std::max<size_t>(values.size(), 1));
    std::vector<float> sorted;
    std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
                 [least](float value) { return static_cast<double>(value) >= least; });
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    std::vector<float> levels;
    for (const double share : shares) {
        double sum = 0;
        const auto place = std::find_if(sorted.begin(), sorted.end(), [&](float value) {
            sum += static_cast<double>(value);
            return sum >= share * total;
        });
        levels.push_back(place == sorted.end() ? 0 : *place);
    }
    return levels;
}

std::vector<std::vector<Polyline>> share_contours(const std::vector<float>& values, const GridBox& box,
                                                  const std::vector<double>& shares) {
    std::vector<std::vector<Polyline>> contours;
    contours.reserve(shares.size());
    for (const float level : levels_of_shares(values, shares)) {
        contours.push_back(contour_lines(values, box, level));
    }
    return contours;
}

}  // namespace drift
