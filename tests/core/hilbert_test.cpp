#include "core/hilbert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace drift {
namespace {

/// All cells of a grid by their place on the curve.
std::vector<std::vector<uint32_t>> curve_through(int dims, int bits) {
    const auto side = uint32_t{1} << bits;
    size_t count = 1;
    for (int k = 0; k < dims; ++k) {
        count *= side;
    }
    std::vector<std::vector<uint32_t>> cells(count);
    for (size_t i = 0; i < count; ++i) {
        std::vector<uint32_t> cell;
        for (size_t rest = i; cell.size() < static_cast<size_t>(dims); rest /= side) {
            cell.push_back(static_cast<uint32_t>(rest % side));
        }
        const uint64_t place = hilbert_place(cell, bits);
        EXPECT_LT(place, count);
        EXPECT_TRUE(cells.at(place).empty()) << "two cells share a place";
        cells.at(place) = cell;
    }
    return cells;
}

TEST(Hilbert, PassesThroughEveryCellOnceAndFromNeighbourToNeighbour) {
    for (const auto& [dims, bits] : std::vector<std::pair<int, int>>{{1, 5}, {2, 4}, {3, 3}, {4, 2}}) {
        const std::vector<std::vector<uint32_t>> cells = curve_through(dims, bits);
        for (size_t i = 1; i < cells.size(); ++i) {
            int64_t apart = 0;
            for (size_t k = 0; k < cells[i].size(); ++k) {
                apart += std::abs(static_cast<int64_t>(cells[i][k]) - static_cast<int64_t>(cells[i - 1][k]));
            }
            ASSERT_EQ(apart, 1) << dims << " dimensions, place " << i;
        }
    }
}

TEST(Hilbert, SortsByTheOnlyCoordinate) {
    const torch::Tensor x = torch::tensor({3.0, -2.0, 0.5, 0.5, 1e6}, torch::kFloat64).unsqueeze(1);
    EXPECT_TRUE(torch::equal(hilbert_order(x), torch::tensor({1, 2, 3, 0, 4}, torch::kInt32)));
}

TEST(Hilbert, IsAPermutationForAnyShapeAndAnyValues) {
    const double infinity = std::numeric_limits<double>::infinity();
    torch::Tensor x = at::sin(torch::arange(1 * 28 * 28 * 50, torch::kFloat64) * 1.7).view({50, 1, 28, 28}) * 3;
    x[3].fill_(infinity);
    x[4].fill_(std::nan(""));
    x[5].fill_(-1e300);
    for (const torch::Tensor& each : {x, torch::zeros({7, 2}, torch::kFloat32), torch::ones({1, 3}, torch::kFloat32)}) {
        const torch::Tensor order = hilbert_order(each);
        const auto* first = order.const_data_ptr<int32_t>();
        const std::set<int32_t> numbers(first, first + order.size(0));
        EXPECT_EQ(static_cast<int64_t>(numbers.size()), each.size(0));
        EXPECT_EQ(*numbers.begin(), 0);
        EXPECT_EQ(*numbers.rbegin(), each.size(0) - 1);
    }
}

}  // namespace
}  // namespace drift
