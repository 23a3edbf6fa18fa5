// What is being inferred: a prior and a condition (likelihood or reward). design.md, "Types".
#pragma once

#include "core/catalog.h"
#include "core/gaussian_mixture.h"
#include "core/operators.h"
#include "core/torch.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace drift {

/// Where things are made: type and place of tensors, and the folder that relative file names start from.
struct MakeContext {
    torch::TensorOptions options = torch::kFloat32;
    std::string folder;
    uint64_t seed = 1;  // for conditions that draw, such as a random mask (purpose "problem")
};

/// The denoised prediction of a batch together with its Jacobian, J = dD/dx, as a product.
struct Linearised {
    torch::Tensor denoised;                                       // [n, ...]
    std::function<torch::Tensor(const torch::Tensor&)> pullback;  // w [n, ...] -> J^T w [n, ...]
};

class Decoder;    // core/decoder.h
struct Measured;  // core/measured.h

/// A diffusion prior in EDM coordinates, x = x0 + sigma n. Immutable; safe to share between threads. Gradients are
/// computed inside: neither arguments nor results ever require one. Results depend on a row's own values alone.
class Prior {
public:
    static constexpr Kind kind = Kind::Prior;
    using Make = std::function<std::shared_ptr<const Prior>(const ParamSet&, const MakeContext&)>;

    virtual ~Prior() = default;

    /// Shape of one clean sample: {d} for points, {1, 28, 28} for pictures.
    virtual std::vector<int64_t> sample_shape() const = 0;
    /// V = tr Cov[x0] / d, the prior spread of guidance.md 1.7.
    virtual double data_variance() const = 0;
    /// False where only `decoder` is known: methods work in noise space then, and what follows must not be called.
    virtual bool has_denoiser() const { return true; }
    /// D(x, sigma) = E[x0 | x] for every row of x [n, ...].
    virtual torch::Tensor denoise(const torch::Tensor& x, double sigma) const = 0;
    /// The same into a buffer of the shape of x, for priors that can do so without allocating.
    virtual void denoise_into(const torch::Tensor& x, double sigma, torch::Tensor& out) const {
        out.copy_(denoise(x, sigma));
    }
    virtual Linearised linearise(const torch::Tensor& x, double sigma) const = 0;
    /// The closed form behind it, or null.
    virtual const GaussianMixture* mixture() const { return nullptr; }
    /// A deterministic map from noise to its samples, x = f(z), or null.
    virtual std::shared_ptr<const Decoder> decoder() const { return nullptr; }
    /// Something the user should know once, such as "this file runs code"; empty otherwise.
    virtual std::string warning() const { return {}; }
};

/// A linear measurement with Gaussian noise, y = A x0 + sigma_y n.
struct LinearGaussian {
    std::shared_ptr<const LinearOperator> A;
    torch::Tensor y;   // [m]
    double noise = 0;  // sigma_y
};

/// The edge of a half-space, n . x = a, with what is wanted at n . x >= a.
struct Edge {
    torch::Tensor normal;  // n [d] float64
    double offset = 0;     // a
    double width = 0;      // of a soft edge
};

/// A likelihood of the observation, or a reward: any log density over clean samples. Immutable.
class Condition {
public:
    static constexpr Kind kind = Kind::Condition;
    using Make = std::function<std::shared_ptr<const Condition>(const ParamSet&, const Prior&, const MakeContext&)>;

    virtual ~Condition() = default;

    /// log p(y | x0) with its normalising constant (or a reward), float64 [n], for clean samples [n, ...].
    virtual torch::Tensor log_likelihood(const torch::Tensor& clean) const = 0;
    /// Its gradient with respect to the clean sample, [n, ...]; throws UserError where there is none.
    virtual torch::Tensor gradient(const torch::Tensor& clean) const = 0;
    /// Both of them, for conditions that know one half way to the other.
    virtual std::pair<torch::Tensor, torch::Tensor> log_likelihood_and_gradient(const torch::Tensor& clean) const {
        return {log_likelihood(clean), gradient(clean)};
    }
    /// The linear-Gaussian form behind it, or null.
    virtual const LinearGaussian* linear() const { return nullptr; }
    /// Operator, observation and noise model behind it, or null.
    virtual const Measured* measured() const { return nullptr; }
    /// True for the condition that says nothing.
    virtual bool is_none() const { return false; }
    /// The exact posterior and log Z under a mixture prior, where that is a mixture and not just by linear(); else
    /// null.
    virtual std::shared_ptr<const MixturePosterior> exact(const GaussianMixture&) const { return nullptr; }
    /// log E[r(x)] under a mixture prior, where it is known although the posterior is no mixture.
    virtual std::optional<double> exact_log_z(const GaussianMixture&) const { return std::nullopt; }
    /// The edge n . x = a of what is wanted, where that is a half-space, or null.
    virtual const Edge* edge() const { return nullptr; }
    /// Whether its gradient is zero wherever there is one, so that nothing can follow it.
    virtual bool is_flat() const { return false; }
    /// Something the user should know once, such as "this file runs code"; empty otherwise.
    virtual std::string warning() const { return {}; }
    /// For a window that shows pictures: what was measured, as a picture in [-1, 1] in the shape of a sample with NaN
    /// where nothing is known; and the clean picture it came from. Undefined tensors where there are none.
    virtual torch::Tensor measurement_picture() const { return {}; }
    virtual torch::Tensor true_picture() const { return {}; }
};

struct Problem {
    std::shared_ptr<const Prior> prior;
    std::shared_ptr<const Condition> condition;
    /// The exact posterior and log Z where prior and condition have closed forms, else null. guidance.md O3.
    std::shared_ptr<const MixturePosterior> exact;
    /// log Z where that has a closed form, with or without such a posterior.
    std::optional<double> exact_log_z = std::nullopt;
    /// Of the likelihood, that exact answers are of: of prior * r^power (core/tempered.h).
    double power = 1;
};

/// The same problem with its exact answer where prior and condition have closed forms.
Problem solved(Problem problem);

/// Throws UserError where prior and condition do not fit together.
Problem make_problem(const Choice& prior, const Choice& condition, const MakeContext& context, double power = 1);

}  // namespace drift
