#include "core/training/terminal.h"

#include "core/decoder.h"
#include "core/density.h"
#include "core/noise_view.h"
#include "core/training/pieces.h"
#include "core/training/policy.h"

#include <cmath>
#include <numbers>

namespace drift {
namespace {

constexpr Random looking{577'215'664};  // at the spread of observations, not of the run
constexpr int64_t looks = 1024;

torch::Tensor on_host(const torch::Tensor& numbers) {
    return numbers.to(torch::kCPU, torch::kFloat64);
}

/// |x|^2 of every row [n, d] in float64.
torch::Tensor squared_norms(const torch::Tensor& rows) {
    torch::Tensor squares;
    alone([&] { squares = on_host(rows).square().sum(1); });
    return squares;
}

}  // namespace

Terminal::Terminal(const Task& task, std::shared_ptr<const Reference> reference, const TerminalOptions& options)
    : task_(task), reference_(std::move(reference)), options_(options), shape_(task.problem.prior->sample_shape()) {
    shape_.insert(shape_.begin(), -1);
    if (task_.problem.prior->mixture() != nullptr || density_of(*task_.problem.prior) != nullptr) {
        target_ = data_target(task_.problem, task_.options);
    }
    if (options_.brownian_variance > 0 && target_ == nullptr) {
        throw UserError(
            "'sampler.type' is diffusion_sampler, which needs the density of the prior, but this prior has none in "
            "closed form: choose outsourced or rtb");
    }
    if (options_.amortised) {
        measurement_ = linear_in_data();
        if (measurement_ == nullptr) {
            throw UserError(
                "'sampler.amortised' is on, which draws observations of its own, but the condition is not "
                "linear_gaussian");
        }
        if (target_ == nullptr) {
            throw UserError(
                "'sampler.amortised' is on, which draws from the prior, but this one has no draws in closed form: "
                "choose outsourced");
        }
        learn_scale_of_observations();
    }
}

const LinearGaussian* Terminal::linear_in_data() const {
    return data_problem(task_).condition->linear();
}

torch::Tensor Terminal::shaped(const torch::Tensor& rows) const {
    return rows.contiguous().view(shape_);
}

/// A x for the samples that rows stand for.
torch::Tensor Terminal::measured(const torch::Tensor& rows) const {
    const torch::Tensor samples = task_.decoder != nullptr ? task_.decoder->decode(rows) : rows;
    return measurement_->A->forward(samples.flatten(1));
}

void Terminal::learn_scale_of_observations() {
    const torch::Tensor seen = draw_observed(looks, looking);
    observed_mean_ = seen.mean(0);
    observed_spread_ = seen.std(0).clamp_min(1e-12);
}

Terminal::Value Terminal::value_at(const Cloud& cloud) const {
    Value value;
    value.log_r = on_host(cloud.log_likelihood).clone();
    value.base = torch::zeros_like(value.log_r);
    if (options_.brownian_variance > 0) {
        const double v = options_.brownian_variance;
        const auto d = static_cast<double>(reference_->dimension());
        value.base = on_host(cloud.log_prior) + squared_norms(cloud.x.flatten(1)) / (2 * v) +
                     0.5 * d * std::log(2 * std::numbers::pi * v);
    }
    return value;
}

torch::Tensor Terminal::log_likelihood(const torch::Tensor& samples, const torch::Tensor& observed) const {
    if (!options_.amortised) {
        return task_.problem.condition->is_none() ? torch::zeros({samples.size(0)}, torch::kFloat64)
                                                  : on_host(task_.problem.condition->log_likelihood(shaped(samples)));
    }
    TORCH_CHECK(observed.defined(), "an amortised sampler is told what was observed");
    const double noise = measurement_->noise;
    const torch::Tensor apart = on_host(observed) - on_host(measured(samples));
    return squared_norms(apart) * (-0.5 / (noise * noise)) -
           static_cast<double>(apart.size(1)) * std::log(noise * std::sqrt(2 * std::numbers::pi));
}

Terminal::Value Terminal::evaluate(const torch::Tensor& last, const torch::Tensor& observed) const {
    Value value;
    if (options_.brownian_variance > 0) {
        Cloud cloud;
        allocate(cloud, last.size(0), *target_, task_.options, false);
        cloud.x.copy_(shaped(last));
        target_->evaluate(cloud);
        value = value_at(cloud);
        if (options_.amortised) {
            value.log_r = log_likelihood(last, observed);
        }
        return value;
    }
    value.log_r = log_likelihood(reference_->clean(last), observed);
    value.base = torch::zeros_like(value.log_r);
    return value;
}

/// [n, d] at samples of the problem, in data or in noise space.
torch::Tensor Terminal::likelihood_gradient(const torch::Tensor& samples, const torch::Tensor& observed) const {
    if (task_.problem.condition->is_none()) {
        return torch::zeros_like(samples);
    }
    if (!options_.amortised) {
        return task_.problem.condition->gradient(shaped(samples)).reshape(samples.sizes());
    }
    const auto at_data = [&](const torch::Tensor& data) {
        const torch::Tensor apart = observed - measurement_->A->forward(data.flatten(1));
        return measurement_->A->adjoint(apart / (measurement_->noise * measurement_->noise));
    };
    if (task_.decoder == nullptr) {
        return at_data(samples);
    }
    const Decoded decoded = task_.decoder->linearise(samples);
    return decoded.pullback(at_data(decoded.x).view_as(decoded.x)).reshape(samples.sizes());
}

/// Of log p0 + beta log r where the density of the prior is part of the end, else of beta log r alone.
torch::Tensor Terminal::density_gradient(const torch::Tensor& x, double beta, const torch::Tensor& observed) const {
    if (!(options_.brownian_variance > 0)) {
        return likelihood_gradient(x, observed) * beta;
    }
    Cloud cloud;
    allocate(cloud, x.size(0), *target_, task_.options, true);
    cloud.x.copy_(shaped(x));
    target_->evaluate(cloud);
    const torch::Tensor of_likelihood =
        options_.amortised ? likelihood_gradient(x, observed) : cloud.likelihood_gradient.view(x.sizes());
    return cloud.prior_gradient.view(x.sizes()) + of_likelihood * beta;
}

torch::Tensor Terminal::gradient(const torch::Tensor& last, double beta, const torch::Tensor& observed) const {
    if (options_.brownian_variance > 0) {
        return density_gradient(last, beta, observed) + last / options_.brownian_variance;
    }
    if (task_.problem.condition->is_none()) {
        return torch::zeros_like(last);
    }
    return reference_->clean_pullback(last, density_gradient(reference_->clean(last), beta, observed));
}

torch::Tensor Terminal::guide(const torch::Tensor& x, const torch::Tensor& observed) const {
    return (density_gradient(x, 1, observed) * reference_->unit()).clamp(-largest_gradient, largest_gradient);
}

torch::Tensor Terminal::prior_draws(int64_t count, const Random& random) const {
    std::vector<int64_t> shape = shape_;
    shape[0] = count;
    torch::Tensor x = torch::empty(shape, task_.options);
    target_->draw_prior(x, random);
    return x.flatten(1);
}

torch::Tensor Terminal::draw_observed(int64_t count, const Random& random) const {
    const torch::Tensor clean = measured(prior_draws(count, random));
    torch::Tensor noise = torch::empty(clean.sizes(), task_.options);
    random.fill_normals(noise, kernels::Purpose::Problem, 1);
    return clean + noise * measurement_->noise;
}

torch::Tensor Terminal::given_observed(int64_t count) const {
    if (!options_.amortised) {
        return {};
    }
    return measurement_->y.to(task_.options).unsqueeze(0).expand({count, -1}).contiguous();
}

torch::Tensor Terminal::normalised(const torch::Tensor& observed) const {
    return (observed - observed_mean_) / observed_spread_;
}

}  // namespace drift
