// f(z) = |z|, J^T w = w z / |z|: from any dimension to one, and of the direction of z the data say nothing.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

class RingDecoder final : public Decoder {
public:
    explicit RingDecoder(int64_t latent) : latent_(latent) {}

    std::vector<int64_t> latent_shape() const override { return {latent_}; }
    std::vector<int64_t> sample_shape() const override { return {1}; }
    torch::Tensor decode(const torch::Tensor& z) const override { return z.norm(2, 1, true); }
    Decoded linearise(const torch::Tensor& z) const override {
        const torch::Tensor radius = decode(z);
        const torch::Tensor outwards = z / radius.clamp_min(1e-30);  // at the centre no direction is outwards
        return {radius, [outwards](const torch::Tensor& w) { return outwards * w; }};
    }

private:
    int64_t latent_;
};

}  // namespace

std::shared_ptr<const Decoder> ring_decoder(int64_t latent) {
    return std::make_shared<const RingDecoder>(latent);
}

}  // namespace drift
