#include "core/plane_denoiser.h"

#include "core/training/pieces.h"

#include <algorithm>
#include <memory>

namespace drift {
namespace {

constexpr int64_t grid = 320;
constexpr double least_noise = 1.5;  // in cells: the error of the sums is below 1e-9 then
constexpr double lowest = -600;      // of the log density below its top: no cell is empty, whatever the noise sees
constexpr int64_t points_a_piece = 512;

/// exp(-(x - g)^2 / (2 sigma^2)) of every row, 1 at the nearest point of the grid.
torch::Tensor kernel(const torch::Tensor& x, const torch::Tensor& along, double sigma) {
    const torch::Tensor logs = (x.unsqueeze(1) - along).square() / (-2 * sigma * sigma);
    return (logs - logs.amax({1}, true)).exp();
}

}  // namespace

PlaneDenoiser::PlaneDenoiser(const std::function<torch::Tensor(const torch::Tensor&)>& log_density,
                             const torch::Tensor& centre, double half_width)
    : cell_(2 * half_width / static_cast<double>(grid - 1)) {
    const torch::Tensor along = torch::linspace(-half_width, half_width, grid, torch::kFloat64);
    along_x_ = along + centre[0].item<double>();
    along_y_ = along + centre[1].item<double>();
    const torch::Tensor points = torch::stack({along_x_.repeat_interleave(grid), along_y_.repeat({grid})}, 1);
    const torch::Tensor logs = log_density(points).to(torch::kFloat64);
    density_ = (logs - logs.max()).clamp_min(lowest).exp().view({grid, grid});
}

PlaneDenoiser::Moments PlaneDenoiser::moments(const torch::Tensor& x, double sigma, bool second) const {
    const torch::Tensor u = kernel(x.select(1, 0), along_x_, sigma);
    const torch::Tensor v = kernel(x.select(1, 1), along_y_, sigma);
    const torch::Tensor transposed = density_.t();
    const torch::Tensor mass = v.matmul(transposed);  // sum over b, for every a
    const torch::Tensor first_y = (v * along_y_).matmul(transposed);
    const torch::Tensor total = (u * mass).sum(1);
    const torch::Tensor mean_x = (u * along_x_ * mass).sum(1) / total;
    const torch::Tensor mean_y = (u * first_y).sum(1) / total;
    Moments result;
    result.mean = torch::stack({mean_x, mean_y}, 1);
    if (second) {
        const torch::Tensor second_y = (v * along_y_.square()).matmul(transposed);
        const torch::Tensor xx = (u * along_x_.square() * mass).sum(1) / total - mean_x.square();
        const torch::Tensor xy = (u * along_x_ * first_y).sum(1) / total - mean_x * mean_y;
        const torch::Tensor yy = (u * second_y).sum(1) / total - mean_y.square();
        result.covariance = torch::stack({xx, xy, xy, yy}, 1).view({-1, 2, 2});
    }
    return result;
}

torch::Tensor PlaneDenoiser::denoise(const torch::Tensor& x, double sigma) const {
    return in_all_pieces(x, sigma, nullptr);
}

Linearised PlaneDenoiser::linearise(const torch::Tensor& x, double sigma) const {
    torch::Tensor jacobian;
    torch::Tensor denoised = in_all_pieces(x, sigma, &jacobian);
    return {std::move(denoised),
            [jacobian](const torch::Tensor& w) { return jacobian.matmul(w.unsqueeze(2)).squeeze(2); }};
}

torch::Tensor PlaneDenoiser::in_all_pieces(const torch::Tensor& x, double sigma, torch::Tensor* jacobian) const {
    const double seen = std::max(sigma, least_noise * cell_);
    const double share = sigma * sigma / (seen * seen);
    const torch::Tensor at = x.to(torch::kCPU, torch::kFloat64);
    torch::Tensor denoised = torch::empty_like(at);
    torch::Tensor slope;
    if (jacobian != nullptr) {
        slope = torch::empty({at.size(0), 2, 2}, at.options());
    }
    const std::vector<Piece> pieces = pieces_of(at.size(0), points_a_piece);
    in_pieces(static_cast<int64_t>(pieces.size()), torch::kCPU, [&](int64_t i) {
        const Piece piece = pieces[static_cast<size_t>(i)];
        const torch::Tensor rows = at.narrow(0, piece.first, piece.count);
        const Moments known = moments(rows, seen, jacobian != nullptr);
        denoised.narrow(0, piece.first, piece.count).copy_(at::lerp(rows, known.mean, share));
        if (jacobian != nullptr) {
            const torch::Tensor identity = torch::eye(2, at.options()).expand_as(known.covariance);
            slope.narrow(0, piece.first, piece.count)
                .copy_(at::lerp(identity, known.covariance / (seen * seen), share));
        }
    });
    if (jacobian != nullptr) {
        *jacobian = slope.to(x.options());
    }
    return denoised.to(x.options());
}

}  // namespace drift
