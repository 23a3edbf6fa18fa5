#include "core/outsourced.h"

#include "core/decoders/decoders.h"
#include "core/error.h"
#include "core/grid_posterior.h"
#include "core/kernels/mixture.h"
#include "core/measured.h"
#include "core/posterior_draws.h"
#include "core/priors/mixture_prior.h"

#include <functional>
#include <numeric>
#include <optional>

namespace drift {
namespace {

int64_t product(const std::vector<int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

/// h(f(z)) of rows z.
class ThroughDecoder final : public ForwardOperator {
public:
    ThroughDecoder(std::shared_ptr<const ForwardOperator> h, std::shared_ptr<const Decoder> decoder)
        : h_(std::move(h)), decoder_(std::move(decoder)) {}

    int64_t input_size() const override { return product(decoder_->latent_shape()); }
    int64_t output_size() const override { return h_->output_size(); }
    torch::Tensor forward(const torch::Tensor& z) const override { return h_->forward(decoder_->decode(z).flatten(1)); }
    torch::Tensor pullback(const torch::Tensor& z, const torch::Tensor& v) const override {
        const Decoded at_z = decoder_->linearise(z);
        return at_z.pullback(h_->pullback(at_z.x.flatten(1), v).view_as(at_z.x));
    }

private:
    std::shared_ptr<const ForwardOperator> h_;
    std::shared_ptr<const Decoder> decoder_;
};

/// p(y | f(z)), by the chain rule.
class OutsourcedCondition final : public Condition {
public:
    OutsourcedCondition(std::shared_ptr<const Condition> condition, std::shared_ptr<const Decoder> decoder,
                        const torch::TensorOptions& options)
        : condition_(std::move(condition)), decoder_(std::move(decoder)) {
        const LinearGaussian* linear = condition_->linear();
        const AffineMap* affine = decoder_->affine();
        if (linear != nullptr && affine != nullptr) {  // y - A o = (A M) z + noise
            const torch::Tensor a = linear->A->matrix();
            const torch::Tensor y = linear->y.to(torch::kCPU, torch::kFloat64) - a.mv(affine->offset);
            linear_ = {dense_operator(a.matmul(affine->matrix).to(options)), y.to(options), linear->noise};
            measured_ = {linear_->A, linear_->A, linear_->y, condition_->measured()->noise};
        } else if (const Measured* measured = condition_->measured()) {
            measured_ = {std::make_shared<const ThroughDecoder>(measured->h, decoder_), nullptr, measured->y,
                         measured->noise};
        }
    }

    torch::Tensor log_likelihood(const torch::Tensor& z) const override {
        return condition_->log_likelihood(decoder_->decode(z));
    }
    torch::Tensor gradient(const torch::Tensor& z) const override {
        const Decoded at_z = decoder_->linearise(z);
        return at_z.pullback(condition_->gradient(at_z.x).view_as(at_z.x));
    }
    std::pair<torch::Tensor, torch::Tensor> log_likelihood_and_gradient(const torch::Tensor& z) const override {
        const Decoded at_z = decoder_->linearise(z);
        const auto [log_likelihood, gradient] = condition_->log_likelihood_and_gradient(at_z.x);
        return {log_likelihood, at_z.pullback(gradient.view_as(at_z.x))};
    }
    bool is_flat() const override { return condition_->is_flat(); }
    const LinearGaussian* linear() const override { return linear_ ? &*linear_ : nullptr; }
    const Measured* measured() const override { return measured_ ? &*measured_ : nullptr; }
    bool is_none() const override { return condition_->is_none(); }
    /// An affine map makes a mixture of a mixture.
    std::optional<double> exact_log_z(const GaussianMixture& prior) const override {
        const AffineMap* affine = decoder_->affine();
        if (affine == nullptr) {
            return std::nullopt;
        }
        const torch::Tensor& m = affine->matrix;
        return condition_->exact_log_z({prior.weights, prior.means.matmul(m.t()) + affine->offset,
                                        m.matmul(prior.full_covariances()).matmul(m.t()), CovarianceKind::Full});
    }

private:
    std::shared_ptr<const Condition> condition_;
    std::shared_ptr<const Decoder> decoder_;
    std::optional<LinearGaussian> linear_;
    std::optional<Measured> measured_;
};

std::shared_ptr<const Prior> standard_normal(int64_t dimension) {
    if (dimension > kernels::max_mixture_dims) {
        throw UserError("'sampler.space' is noise, but the noise of this prior has " + std::to_string(dimension) +
                        " dimensions and at most " + std::to_string(kernels::max_mixture_dims) + " are supported");
    }
    return mixture_prior({torch::ones({1}, torch::kFloat64), torch::zeros({1, dimension}, torch::kFloat64),
                          torch::ones({1}, torch::kFloat64), CovarianceKind::Scalar});
}

}  // namespace

RunDecoder::RunDecoder(std::shared_ptr<const Decoder> decoder)
    : decoder_(std::move(decoder)), latent_size_(product(decoder_->latent_shape())) {}

torch::Tensor RunDecoder::shaped(const torch::Tensor& z) const {
    counted_ += z.size(0) * decoder_->calls();
    std::vector<int64_t> shape = decoder_->latent_shape();
    shape.insert(shape.begin(), z.size(0));
    return z.reshape(shape);
}

torch::Tensor RunDecoder::decode(const torch::Tensor& z) const {
    return decoder_->decode(shaped(z));
}

Decoded RunDecoder::linearise(const torch::Tensor& z) const {
    Decoded at_z = decoder_->linearise(shaped(z));
    return {std::move(at_z.x), [pullback = std::move(at_z.pullback), sizes = z.sizes().vec()](const torch::Tensor& w) {
                return pullback(w).reshape(sizes);
            }};
}

std::shared_ptr<const RunDecoder> map_of(const std::shared_ptr<const Prior>& prior, int64_t ode_steps) {
    auto decoder = prior->decoder();
    if (decoder == nullptr && prior->has_denoiser()) {
        decoder = flow_decoder(prior, ode_steps);
    }
    if (decoder == nullptr) {
        throw UserError("'sampler.space' is noise, but this prior has no map from noise: set it to data");
    }
    return std::make_shared<const RunDecoder>(std::move(decoder));
}

Problem outsourced(const Problem& problem, std::shared_ptr<const RunDecoder> decoder,
                   const torch::TensorOptions& options) {
    Problem in_noise;
    in_noise.prior = standard_normal(decoder->latent_size());
    in_noise.power = problem.power;
    in_noise.condition = std::make_shared<const OutsourcedCondition>(problem.condition, std::move(decoder), options);
    return solved(std::move(in_noise));
}

Task in_space(Task task, const Space& space) {
    if (space.noise()) {
        const auto decoder = map_of(task.problem.prior, space.ode_steps);
        task.data_problem = std::make_shared<const Problem>(std::move(task.problem));
        task.problem = outsourced(*task.data_problem, decoder, task.options);
        task.decoder = decoder;
    } else if (!task.problem.prior->has_denoiser()) {
        throw UserError(
            "'sampler.space' is data, but this prior is only known as a map from noise and has no denoiser: set "
            "\"space\" to noise");
    }
    if (asks_for_a_grid(task)) {
        task.on_grid = GridPosterior::of(task.problem, task.options);
    }
    return task;
}

int64_t map_calls(const Task& task) {
    const auto* decoder = dynamic_cast<const RunDecoder*>(task.decoder.get());
    return decoder == nullptr ? 0 : decoder->counted();
}

}  // namespace drift
