// Many wells, a benchmark of samplers (trained_samplers.md 6.3): pairs (x, y) of coordinates, independent of each
// other,
//
//     log rho = sum over pairs of -x^4 + 6 x^2 + x / 2 - y^2 / 2
//
// It is taken as it stands: with 16 pairs the logarithm of its integral is 164.695675. Each x has two wells, one of
// which holds 0.8 of the mass or so, and 2^pairs combinations make as many modes. What has no closed form is summed
// over a grid of x.

#include "core/density.h"

#include <cmath>
#include <numbers>

namespace drift {
namespace {

struct Params {
    int64_t dimension = 32;
};

const Fields<Params> fields{
    Field<Params>("dimension", &Params::dimension, "dimension",
                  {"How many coordinates there are, two for each pair of wells.", "d", "More: 2^(d / 2) modes."})
        .between(2, 512),
};

constexpr double edge = 4;  // where rho has fallen to e^-160
constexpr int64_t grid_points = 801;

/// One coordinate of two wells on a grid.
class Well {
public:
    Well() {
        const torch::Tensor x = at_;
        log_density_ = x.square() * 6 - x.pow(4) + x * 0.5;
        log_total_ = log_density_.logsumexp(0).item<double>() + std::log(2 * edge / (grid_points - 1));
        share_ = log_density_.softmax(0);
        const double mean = (share_ * x).sum().item<double>();
        variance_ = (share_ * x.square()).sum().item<double>() - mean * mean;
    }

    double log_total() const { return log_total_; }
    double variance() const { return variance_; }

    /// E[x0 | x] and Cov[x0 | x] of every element.
    std::pair<torch::Tensor, torch::Tensor> moments(const torch::Tensor& x, double sigma) const {
        const torch::Tensor grid = at_.to(x.options());
        const torch::Tensor apart = x.unsqueeze(-1) - grid;
        const torch::Tensor share = (log_density_.to(x.options()) - apart.square() / (2 * sigma * sigma)).softmax(-1);
        const torch::Tensor mean = share.matmul(grid);
        return {mean, share.matmul(grid.square()) - mean.square()};
    }

    /// The quantiles of uniform numbers, along the straight lines between grid points.
    torch::Tensor quantiles(const torch::Tensor& uniforms) const {
        const torch::Tensor running = share_.cumsum(0);
        const torch::Tensor after = at::searchsorted(running, uniforms).clamp_max(grid_points - 1);
        const torch::Tensor above = running.index_select(0, after.flatten()).view_as(uniforms);
        const torch::Tensor mass = share_.index_select(0, after.flatten()).view_as(uniforms);
        const torch::Tensor part = 0.5 - (above - uniforms) / mass.clamp_min(1e-300);
        const double spacing = 2 * edge / (grid_points - 1);
        return at_.index_select(0, after.flatten()).view_as(uniforms) + part * spacing;
    }

private:
    torch::Tensor at_ = torch::linspace(-edge, edge, grid_points, torch::kFloat64);
    torch::Tensor log_density_, share_;
    double log_total_ = 0;
    double variance_ = 0;
};

class ManyWell final : public Prior, public Density {
public:
    explicit ManyWell(int64_t dimension) : dimension_(dimension) {}

    std::vector<int64_t> sample_shape() const override { return {dimension_}; }
    double data_variance() const override { return 0.5 * (well_.variance() + 1); }
    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override {
        torch::Tensor result = x / (1 + sigma * sigma);
        wells(result).copy_(well_.moments(wells(x), sigma).first);
        return result;
    }
    Linearised linearise(const torch::Tensor& x, double sigma) const override {
        torch::Tensor slope = torch::full_like(x, 1 / (1 + sigma * sigma));
        torch::Tensor denoised = x * slope;
        const auto [mean, variance] = well_.moments(wells(x), sigma);
        wells(denoised).copy_(mean);
        wells(slope).copy_(variance / (sigma * sigma));
        return {denoised, [slope](const torch::Tensor& w) { return w * slope; }};
    }

    torch::Tensor log_density(const torch::Tensor& x) const override {
        const torch::Tensor at = x.to(torch::kFloat64);
        const torch::Tensor w = wells(at);
        return (w.square() * 6 - w.pow(4) + w * 0.5).sum(1) - others(at).square().sum(1) * 0.5;
    }
    torch::Tensor gradient(const torch::Tensor& x) const override {
        torch::Tensor result = -x;
        const torch::Tensor w = wells(x);
        wells(result).copy_(w * 12 - w.pow(3) * 4 + 0.5);
        return result;
    }
    void sample(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
        const torch::Tensor uniforms = at::special_ndtr(wells(x).to(torch::kCPU, torch::kFloat64)).contiguous();
        wells(x).copy_(well_.quantiles(uniforms));
    }
    double log_total() const override {
        return 0.5 * static_cast<double>(dimension_) * (well_.log_total() + 0.5 * std::log(2 * std::numbers::pi));
    }

private:
    static torch::Tensor wells(const torch::Tensor& x) { return x.slice(1, 0, x.size(1), 2); }
    static torch::Tensor others(const torch::Tensor& x) { return x.slice(1, 1, x.size(1), 2); }

    int64_t dimension_;
    Well well_;
};

const Registration<Prior> registration{
    {"many_well", "Many wells", "Pairs of wells in many dimensions: a benchmark that loses modes silently.",
     describe(fields)},
    [](const ParamSet& set, const MakeContext&) -> std::shared_ptr<const Prior> {
        const int64_t dimension = typed(fields, set).dimension;
        if (dimension % 2 != 0) {
            throw UserError("'prior.dimension' is " + std::to_string(dimension) +
                            ", but must be even: wells come in pairs of coordinates");
        }
        return std::make_shared<const ManyWell>(dimension);
    }};

}  // namespace
}  // namespace drift
