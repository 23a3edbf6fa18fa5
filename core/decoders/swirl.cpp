// The plane stirred about its centre, theta = strength exp(-|z|^2 / 2):
//
//     f(z) = R(theta) z,   J^T w = R(-theta) w - theta z (w . R(90 deg) x)
//
// Each circle about the centre is turned as a whole, so that N(0, I) stays what it is.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

/// Rows turned to the left by a right angle.
torch::Tensor turned_left(const torch::Tensor& rows) {
    return torch::stack({rows.select(1, 1).neg(), rows.select(1, 0)}, 1);
}

class SwirlDecoder final : public Decoder {
public:
    explicit SwirlDecoder(double strength) : strength_(strength) {}

    std::vector<int64_t> latent_shape() const override { return {2}; }
    std::vector<int64_t> sample_shape() const override { return {2}; }
    torch::Tensor decode(const torch::Tensor& z) const override {
        const torch::Tensor theta = angle(z);
        return z * theta.cos() + turned_left(z) * theta.sin();
    }
    Decoded linearise(const torch::Tensor& z) const override {
        const torch::Tensor theta = angle(z);
        const torch::Tensor x = z * theta.cos() + turned_left(z) * theta.sin();
        return {x, [z, theta, sideways = turned_left(x)](const torch::Tensor& w) {
                    const torch::Tensor back = w * theta.cos() - turned_left(w) * theta.sin();
                    return back - theta * z * (w * sideways).sum(1, true);
                }};
    }

private:
    torch::Tensor angle(const torch::Tensor& z) const {
        return z.square().sum(1, true).mul_(-0.5).exp_().mul_(strength_);
    }

    double strength_;
};

}  // namespace

std::shared_ptr<const Decoder> swirl_decoder(double strength) {
    return std::make_shared<const SwirlDecoder>(strength);
}

}  // namespace drift
