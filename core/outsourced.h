// The same problem in noise space: the prior is N(0, I), the likelihood p(y | f(z)), and whatever samples a problem
// samples this one (design.md, idea 3; specs/trained_samplers.md 1.7).
#pragma once

#include "core/decoder.h"
#include "core/sampler.h"
#include "core/space.h"

#include <atomic>
#include <memory>

namespace drift {

/// A decoder as a run uses it: it takes z as rows [n, latent] as well, gives pullbacks in the shape of z, and counts
/// the denoiser calls that its decodes have cost. Only that number ever changes.
class RunDecoder final : public Decoder {
public:
    explicit RunDecoder(std::shared_ptr<const Decoder> decoder);

    std::vector<int64_t> latent_shape() const override { return decoder_->latent_shape(); }
    std::vector<int64_t> sample_shape() const override { return decoder_->sample_shape(); }
    torch::Tensor decode(const torch::Tensor& z) const override;
    Decoded linearise(const torch::Tensor& z) const override;
    const AffineMap* affine() const override { return decoder_->affine(); }
    int64_t calls() const override { return decoder_->calls(); }

    int64_t latent_size() const { return latent_size_; }
    int64_t counted() const { return counted_; }

private:
    torch::Tensor shaped(const torch::Tensor& z) const;

    std::shared_ptr<const Decoder> decoder_;
    int64_t latent_size_;
    mutable std::atomic<int64_t> counted_ = 0;
};

/// The map from noise of a prior: its own, or the probability flow of its denoiser. Throws UserError where there is
/// none.
std::shared_ptr<const RunDecoder> map_of(const std::shared_ptr<const Prior>& prior, int64_t ode_steps);

/// `problem` as one of z. With an affine map and a linear measurement it has every closed form. Throws UserError for
/// too many dimensions.
Problem outsourced(const Problem& problem, std::shared_ptr<const RunDecoder> decoder,
                   const torch::TensorOptions& options);

/// `task`, made for data space, in the space that is wanted. Throws UserError where the prior does not go with it.
Task in_space(Task task, const Space& space);

/// Denoiser calls that the map of a task has cost so far, over all particles; 0 in data space.
int64_t map_calls(const Task& task);

}  // namespace drift
