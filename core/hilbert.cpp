#include "core/hilbert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

constexpr int64_t most_coordinates = 4;
constexpr int most_bits = 30;  // in each direction

struct Spread {
    double mean = 0;
    double deviation = 0;
};

/// Of the finite numbers of a column, added up in order.
Spread spread_of(const double* column, int64_t n) {
    Spread spread;
    double sum = 0, squares = 0, count = 0;
    for (int64_t i = 0; i < n; ++i) {
        if (std::isfinite(column[i])) {
            sum += column[i];
            squares += column[i] * column[i];
            count += 1;
        }
    }
    if (count > 0) {
        spread.mean = sum / count;
        spread.deviation = std::sqrt(std::max(0.0, squares / count - spread.mean * spread.mean));
    }
    return spread;
}

/// The cell of one coordinate: the whole line is mapped to (0, 1) by a logistic function, so that one particle far out
/// moves no border between the others.
uint32_t cell_of(double value, const Spread& spread, int bits) {
    if (!std::isfinite(value) || !(spread.deviation > 0)) {
        return 0;
    }
    const double cells = std::ldexp(1.0, bits);
    const double share = 1 / (1 + std::exp(-(value - spread.mean) / spread.deviation));
    return static_cast<uint32_t>(std::min(share * cells, cells - 1));
}

}  // namespace

// Skilling, "Programming the Hilbert curve" (2004): from coordinates to the bits of the place, transposed.
uint64_t hilbert_place(std::vector<uint32_t> cell, int bits) {
    const uint32_t top = 1U << (bits - 1);
    for (uint32_t bit = top; bit > 1; bit >>= 1) {
        const uint32_t below = bit - 1;
        for (uint32_t& coordinate : cell) {
            if ((coordinate & bit) != 0) {
                cell[0] ^= below;
            } else {
                const uint32_t exchanged = (cell[0] ^ coordinate) & below;
                cell[0] ^= exchanged;
                coordinate ^= exchanged;
            }
        }
    }
    for (size_t i = 1; i < cell.size(); ++i) {
        cell[i] ^= cell[i - 1];
    }
    uint32_t flipped = 0;
    for (uint32_t bit = top; bit > 1; bit >>= 1) {
        flipped ^= (cell.back() & bit) != 0 ? bit - 1 : 0;
    }
    uint64_t place = 0;
    for (int bit = bits - 1; bit >= 0; --bit) {
        for (const uint32_t coordinate : cell) {
            place = place << 1 | ((coordinate ^ flipped) >> bit & 1U);
        }
    }
    return place;
}

torch::Tensor hilbert_order(const torch::Tensor& x) {
    const int64_t n = x.size(0);
    const int64_t dims = std::min(most_coordinates, x.numel() / n);
    const int bits = std::min(most_bits, 64 / static_cast<int>(dims));
    const torch::Tensor columns = x.flatten(1).narrow(1, 0, dims).t().to(torch::kCPU, torch::kFloat64).contiguous();
    const auto* values = columns.const_data_ptr<double>();
    std::vector<Spread> spreads;
    for (int64_t k = 0; k < dims; ++k) {
        spreads.push_back(spread_of(values + k * n, n));
    }
    std::vector<uint64_t> places;
    std::vector<uint32_t> cell(static_cast<size_t>(dims));
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t k = 0; k < dims; ++k) {
            cell[static_cast<size_t>(k)] = cell_of(values[k * n + i], spreads[static_cast<size_t>(k)], bits);
        }
        places.push_back(hilbert_place(cell, bits));
    }
    torch::Tensor order = torch::arange(n, torch::kInt32);
    auto* first = order.data_ptr<int32_t>();
    std::stable_sort(first, first + n, [&places](int32_t a, int32_t b) {
        return places[static_cast<size_t>(a)] < places[static_cast<size_t>(b)];
    });
    return order;
}

}  // namespace drift
