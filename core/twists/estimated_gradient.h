// What twists share that estimate the gradient of a likelihood from its values at random points around D.
#pragma once

#include "core/few_values.h"
#include "core/kernels/probes.h"
#include "core/twists/gradient_free.h"

#include <functional>

namespace drift {

class EstimatedGradient : public Twist {
public:
    /// The numbers of so many random vectors belong to one state.
    static constexpr int64_t draws_per_state = 1 << 13;

    EstimatedGradient(const Problem& problem, const EstimateOptions& options);

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override;
    bool has_density() const override { return false; }

protected:
    /// g, an estimate of grad log p(y | D) [n, ...] at out.denoised; `reach` is r.
    virtual torch::Tensor gradient(const Evaluation& out, double reach) const = 0;

    /// Calls `visit` with standard normal vectors [some, n, ...], `count` of them for each particle in all. They are
    /// drawn a tile at a time and are the same for tiles of any size.
    static void for_queries(const Evaluation& out, int64_t count, const std::function<void(torch::Tensor u)>& visit);
    /// log p(y | x) [some, n] in float64 at points [some, n, ...].
    torch::Tensor values(const torch::Tensor& points) const;

    /// Whether kernels know the likelihood: then the probes of a particle are drawn and valued in one pass.
    bool probed_in_kernels(const torch::Tensor& denoised) const;
    /// What the kernels take; the numbers are those of for_queries.
    template <class T>
    kernels::Probes<T> probes(const Evaluation& out, int64_t count, double distance, torch::Tensor& gradient) const;

    const Condition& condition() const { return *condition_; }
    double spread() const { return options_.spread; }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    std::optional<FewValues> few_;
    EstimateOptions options_;
};

/// A number for each particle [n] as a factor of tensors like `particles` [n, ...].
torch::Tensor per_particle(const torch::Tensor& numbers, const torch::Tensor& particles);

}  // namespace drift
