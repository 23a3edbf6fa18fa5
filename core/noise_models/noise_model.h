// How a sensor errs: the density p(y | u) of what it reports, y, where it should report u = h(x). Every value errs on
// its own. One model per file; the formulas are those of guidance.md 1.8.
#pragma once

#include "core/random.h"
#include "core/torch.h"

#include <memory>

namespace drift {

/// How often proximal steps go by the proxy_variance of where the last one led.
inline constexpr int proxy_reweightings = 5;

/// Immutable; safe to share between threads. y is [m] and u is [n, m], of one type and place.
class NoiseModel {
public:
    virtual ~NoiseModel() = default;

    /// log p(y | u) with its normalising constant, summed over the values: float64 [n].
    torch::Tensor log_density(const torch::Tensor& y, const torch::Tensor& u) const;
    /// Its gradient with respect to u, [n, m] in the type of u.
    torch::Tensor gradient(const torch::Tensor& y, const torch::Tensor& u) const;

    /// A y for every u [n, m], float64; row i depends on the seed and i alone (purpose "problem").
    virtual torch::Tensor draw(const torch::Tensor& u, const Random& random) const = 0;

    /// The u that y speaks for: the middle of the Gaussian in u that stands for p(y | u). In the type of y.
    virtual torch::Tensor middle(const torch::Tensor& y) const { return y; }
    /// Variance of that Gaussian near u, float64 [n, m]. guidance.md 1.8, "prox".
    virtual torch::Tensor proxy_variance(const torch::Tensor& y, const torch::Tensor& u) const = 0;
    /// Whether a Gaussian around y with that variance lies below p(y | u) and touches it at u, so that proximal steps
    /// with it, taken again and again, never lead away from the best point.
    virtual bool proxy_descends() const { return false; }

    /// argmin_u (u - v)^2 / (2 variance) - log p(y | u) for every value of v [n, m], float64; undefined where there is
    /// no closed form.
    virtual torch::Tensor proximal(const torch::Tensor& y, const torch::Tensor& v, double variance) const;

    /// dE[y | u] / du: what turns a place on the scale of u into one on the scale of y.
    virtual double gain() const { return 1; }
    /// Width of the bins that y is rounded to; 0 for models that round nothing.
    virtual double bin_width() const { return 0; }
    /// Whether every y is possible; else only those from 0 upwards are.
    virtual bool takes_negative() const { return true; }

protected:
    /// Both in float64, by value: [n, m].
    virtual torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const = 0;
    virtual torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const = 0;

    /// Standard normals like u, the `index`-th set of the seed.
    static torch::Tensor normals(const torch::Tensor& u, const Random& random, int64_t index);
};

/// y = u + sigma n.
std::shared_ptr<const NoiseModel> gaussian_noise(double sigma);
/// y = u + scale t, t of Student's distribution with `degrees` of freedom: now and then far off.
std::shared_ptr<const NoiseModel> student_t_noise(double degrees, double scale);
/// p(y | u) = exp(-|y - u| / b) / (2 b).
std::shared_ptr<const NoiseModel> laplace_noise(double b);
/// y counts events at the rate mu = max(gain (u + offset), floor).
std::shared_ptr<const NoiseModel> poisson_noise(double gain, double floor, double offset = 0);
/// y = u + sigma n, rounded to the middle of a bin of width `step`.
std::shared_ptr<const NoiseModel> quantised_noise(double step, double sigma);

}  // namespace drift
