#include "core/draws.h"

#include <cmath>
#include <limits>

namespace drift {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// [n] as [n, 1, ...], to multiply rows of `like` by.
torch::Tensor column(const torch::Tensor& numbers, const torch::Tensor& like) {
    std::vector<int64_t> shape(static_cast<size_t>(like.dim()), 1);
    shape[0] = numbers.size(0);
    return numbers.to(like.scalar_type()).view(shape);
}

/// exp(a - b), and 0 where both are -infinity.
torch::Tensor relative(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).exp_().nan_to_num_(0);
}

}  // namespace

torch::Tensor log_mean_likelihood(const Condition& condition, const Evaluation& at, double sigma, const Draws& draws,
                                  double strength, torch::Tensor* gradient) {
    const double r = std::sqrt(denoised_variance(sigma, draws.spread));
    const torch::TensorOptions options = at.denoised.options().dtype(torch::kFloat64);
    torch::Tensor largest = torch::full({at.denoised.size(0)}, -infinity, options);
    torch::Tensor sum = torch::zeros_like(largest);      // in units of exp(largest)
    torch::Tensor counted = torch::zeros_like(largest);  // draws that the mean is over
    torch::Tensor x0 = torch::empty_like(at.denoised);
    if (gradient != nullptr) {
        gradient->zero_();
    }
    for (int64_t s = 0; s < draws.count; ++s) {
        at.random.fill_normals(x0, kernels::Purpose::Move, at.step * draws_per_state + draws.offset + s);
        x0.mul_(r).add_(at.denoised);
        // A draw whose likelihood is not a number is none; one without any likelihood is.
        const torch::Tensor given = condition.log_likelihood(x0) * strength;
        const torch::Tensor known = given < infinity;
        const torch::Tensor log_likelihood = at::where(known, given, torch::full_like(given, -infinity));
        counted.add_(known);
        const torch::Tensor now_largest = at::maximum(largest, log_likelihood);
        const torch::Tensor kept = relative(largest, now_largest);
        const torch::Tensor added = relative(log_likelihood, now_largest);
        sum.mul_(kept).add_(added);
        if (gradient != nullptr) {
            const torch::Tensor each = condition.gradient(x0).view_as(x0);
            const torch::Tensor told = at::isfinite(each).logical_and_(column(added, x0) > 0);
            gradient->mul_(column(kept, x0)).add_(at::where(told, each, torch::zeros_like(each)) * column(added, x0));
        }
        largest = now_largest;
    }
    if (gradient != nullptr) {
        // Where no draw is possible there is no direction.
        gradient->div_(column(sum.clamp_min(std::numeric_limits<float>::min()), x0));
    }
    return largest + sum.log() - counted.log();  // not a number where no draw was one
}

}  // namespace drift
