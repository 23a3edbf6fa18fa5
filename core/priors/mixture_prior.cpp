#include "core/priors/mixture_prior.h"

#include "core/decoders/decoders.h"
#include "core/exec.h"
#include "core/publish.h"

namespace drift {
namespace {

kernels::CovarianceKind kernel_kind(CovarianceKind kind) {
    switch (kind) {
        case CovarianceKind::Scalar:
            return kernels::CovarianceKind::Scalar;
        case CovarianceKind::Diagonal:
            return kernels::CovarianceKind::Diagonal;
        default:
            return kernels::CovarianceKind::Full;
    }
}

class MixturePrior final : public Prior {
public:
    MixturePrior(GaussianMixture mixture, std::shared_ptr<const Decoder> decoder)
        : mixture_(std::move(mixture)),
          decoder_(std::move(decoder)),
          kernel_(mixture_),
          variance_(mixture_.data_variance()) {}

    std::vector<int64_t> sample_shape() const override { return {mixture_.dimension()}; }
    double data_variance() const override { return variance_; }
    const GaussianMixture* mixture() const override { return &mixture_; }
    std::shared_ptr<const Decoder> decoder() const override {
        return decoder_ == nullptr && mixture_.components() == 1 ? gaussian_decoder(mixture_) : decoder_;
    }

    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override {
        torch::Tensor denoised = torch::empty_like(x);
        denoise_into(x, sigma, denoised);
        return denoised;
    }

    void denoise_into(const torch::Tensor& x, double sigma, torch::Tensor& out) const override {
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "denoise", [&] {
            kernels::MixtureTask<scalar_t> task;
            task.denoised = out.data_ptr<scalar_t>();
            compute(x, sigma, task);
        });
    }

    Linearised linearise(const torch::Tensor& x, double sigma) const override {
        const auto pullback = [this, x, sigma](const torch::Tensor& w) {
            const torch::Tensor vectors = w.contiguous();
            torch::Tensor product = torch::empty_like(vectors);
            AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "pullback", [&] {
                kernels::MixtureTask<scalar_t> task;
                task.vectors = vectors.const_data_ptr<scalar_t>();
                task.jacobian_vectors = product.data_ptr<scalar_t>();
                compute(x, sigma, task);
            });
            return product;
        };
        return {denoise(x, sigma), pullback};
    }

private:
    template <class T>
    void compute(const torch::Tensor& x, double sigma, kernels::MixtureTask<T> task) const {
        torch::Tensor memory;
        task.n = x.size(0);
        task.x = x.const_data_ptr<T>();
        kernels::mixture_denoise(exec_on(x.device()), kernel_.level<T>(sigma, {}, x, memory), task);
    }

    GaussianMixture mixture_;
    std::shared_ptr<const Decoder> decoder_;  // null where nobody gave one
    KernelMixture kernel_;
    double variance_;
};

}  // namespace

KernelMixture::KernelMixture(const GaussianMixture& mixture)
    : log_weights_(to_doubles(mixture.weights.log())),
      means_(to_doubles(mixture.means)),
      covariances_(to_doubles(mixture.covariances)),
      view_{mixture.components(), mixture.dimension(), kernel_kind(mixture.kind),
            log_weights_.data(),  means_.data(),       covariances_.data()},
      lines_(kernels::product_of_lines(view_)) {
    view_.lines = lines_ ? &*lines_ : nullptr;
}

template <class T>
kernels::MixtureLevel<T> KernelMixture::level(double sigma, const torch::Tensor& directions, const torch::Tensor& x,
                                              torch::Tensor& memory) const {
    const int64_t rows = directions.defined() ? directions.size(0) : 0;
    memory = torch::empty({kernels::mixture_level_size(view_, rows)}, torch::CppTypeToScalarType<T>::value);
    const double* rows_data = rows > 0 ? directions.const_data_ptr<double>() : nullptr;
    kernels::MixtureLevel<T> level =
        kernels::prepare_mixture_level(view_, sigma, rows_data, rows, memory.data_ptr<T>());
    memory = memory.to(x.device());
    level.coefficients = memory.const_data_ptr<T>();
    return level;
}

template kernels::MixtureLevel<float> KernelMixture::level(double, const torch::Tensor&, const torch::Tensor&,
                                                           torch::Tensor&) const;
template kernels::MixtureLevel<double> KernelMixture::level(double, const torch::Tensor&, const torch::Tensor&,
                                                            torch::Tensor&) const;

std::shared_ptr<const Prior> mixture_prior(GaussianMixture mixture, std::shared_ptr<const Decoder> decoder) {
    if (mixture.dimension() > kernels::max_mixture_dims) {
        throw UserError("'prior.means' has rows of " + std::to_string(mixture.dimension()) + " numbers, but at most " +
                        std::to_string(kernels::max_mixture_dims) + " are supported");
    }
    return std::make_shared<const MixturePrior>(std::move(mixture), std::move(decoder));
}

}  // namespace drift
