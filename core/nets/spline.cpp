#include "core/nets/spline.h"

#include <cmath>

namespace drift {
namespace {

constexpr double least_share = 1e-3;  // of a bin, so that none vanishes
constexpr double least_slope = 1e-3;

/// Knots [n, bins + 1] from -bound to bound whose distances are the softmax of the numbers [n, bins].
torch::Tensor knots_of(const torch::Tensor& numbers, double bound) {
    const auto bins = static_cast<double>(numbers.size(1));
    const torch::Tensor shares = numbers.softmax(1) * (1 - least_share * bins) + least_share;
    const torch::Tensor inner = shares.narrow(1, 0, numbers.size(1) - 1).cumsum(1) * (2 * bound) - bound;
    const torch::Tensor end = torch::full({numbers.size(0), 1}, bound, numbers.options());
    return torch::cat({-end, inner, end}, 1);
}

/// The bin that each row is in, with everything that the formulas need of it.
struct Bin {
    torch::Tensor x, y, width, height, steepness;  // s = h / w
    torch::Tensor left, right;                     // slopes at its ends
};

Bin bin_at(const Splines& splines, const torch::Tensor& knots, const torch::Tensor& place) {
    const int64_t bins = knots.size(1) - 1;
    const torch::Tensor index = place.unsqueeze(1).ge(knots.narrow(1, 1, bins - 1)).sum(1, true);
    const torch::Tensor next = index + 1;
    const auto take = [](const torch::Tensor& table, const torch::Tensor& at) {
        return table.gather(1, at).squeeze(1);
    };
    Bin bin;
    bin.x = take(splines.x, index);
    bin.y = take(splines.y, index);
    bin.width = take(splines.x, next) - bin.x;
    bin.height = take(splines.y, next) - bin.y;
    bin.steepness = bin.height / bin.width;
    bin.left = take(splines.slope, index);
    bin.right = take(splines.slope, next);
    return bin;
}

torch::Tensor log_slope_at(const Bin& bin, const torch::Tensor& xi, const torch::Tensor& denominator) {
    const torch::Tensor rest = 1 - xi;
    const torch::Tensor numerator = bin.right * xi.square() + bin.steepness * xi * rest * 2 + bin.left * rest.square();
    return (bin.steepness / denominator).log() * 2 + numerator.log();
}

/// Outside the bound the spline is the identity.
Bent within(const torch::Tensor& inside, const torch::Tensor& place, const Bent& bent) {
    return {at::where(inside, bent.value, place), at::where(inside, bent.log_slope, torch::zeros_like(bent.log_slope))};
}

}  // namespace

Splines splines_of(const torch::Tensor& numbers, int64_t bins, double bound) {
    Splines splines;
    splines.bound = bound;
    splines.x = knots_of(numbers.narrow(1, 0, bins), bound);
    splines.y = knots_of(numbers.narrow(1, bins, bins), bound);
    const double shift = std::log(std::expm1(1 - least_slope));  // zeros become 1
    const torch::Tensor inner = at::softplus(numbers.narrow(1, 2 * bins, bins - 1) + shift) + least_slope;
    const torch::Tensor end = torch::ones({numbers.size(0), 1}, numbers.options());
    splines.slope = torch::cat({end, inner, end}, 1);
    return splines;
}

Bent bend(const Splines& splines, const torch::Tensor& x) {
    const torch::Tensor inside = x.abs().lt(splines.bound);
    const torch::Tensor place = at::where(inside, x, torch::zeros_like(x));
    const Bin bin = bin_at(splines, splines.x, place);
    const torch::Tensor xi = (place - bin.x) / bin.width;
    const torch::Tensor both = xi * (1 - xi);
    const torch::Tensor denominator = bin.steepness + (bin.right + bin.left - bin.steepness * 2) * both;
    const torch::Tensor value = bin.y + bin.height * (bin.steepness * xi.square() + bin.left * both) / denominator;
    return within(inside, x, {value, log_slope_at(bin, xi, denominator)});
}

Bent bend_back(const Splines& splines, const torch::Tensor& y) {
    const torch::Tensor inside = y.abs().lt(splines.bound);
    const torch::Tensor place = at::where(inside, y, torch::zeros_like(y));
    const Bin bin = bin_at(splines, splines.y, place);
    const torch::Tensor rise = place - bin.y;
    const torch::Tensor curving = bin.right + bin.left - bin.steepness * 2;
    const torch::Tensor a = rise * curving + bin.height * (bin.steepness - bin.left);
    const torch::Tensor b = bin.height * bin.left - rise * curving;
    const torch::Tensor c = -bin.steepness * rise;
    const torch::Tensor root = (b.square() - a * c * 4).clamp_min(0).sqrt();
    const torch::Tensor xi = (c * 2 / (-b - root)).clamp(0, 1);
    const torch::Tensor denominator = bin.steepness + curving * xi * (1 - xi);
    return within(inside, y, {bin.x + xi * bin.width, log_slope_at(bin, xi, denominator)});
}

}  // namespace drift
