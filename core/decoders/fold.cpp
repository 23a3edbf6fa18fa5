// f(z) = (|z_1|, z_2), J = diag(sign z_1, 1): the plane folded along an axis, so that one cluster of the data lies over
// two in noise.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

class FoldDecoder final : public Decoder {
public:
    std::vector<int64_t> latent_shape() const override { return {2}; }
    std::vector<int64_t> sample_shape() const override { return {2}; }
    torch::Tensor decode(const torch::Tensor& z) const override { return z * side(z); }
    Decoded linearise(const torch::Tensor& z) const override {
        return {decode(z), [side = side(z)](const torch::Tensor& w) { return w * side; }};
    }

private:
    /// (sign z_1, 1)
    static torch::Tensor side(const torch::Tensor& z) {
        torch::Tensor signs = torch::ones_like(z);
        signs.select(1, 0).copy_(z.select(1, 0).sign());
        return signs;
    }
};

}  // namespace

std::shared_ptr<const Decoder> fold_decoder() {
    return std::make_shared<const FoldDecoder>();
}

}  // namespace drift
