// f(z)_i = z_i^2, J = diag(2 z): every sign of every z_i gives the same data.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

class SquareDecoder final : public Decoder {
public:
    explicit SquareDecoder(int64_t dimension) : dimension_(dimension) {}

    std::vector<int64_t> latent_shape() const override { return {dimension_}; }
    std::vector<int64_t> sample_shape() const override { return {dimension_}; }
    torch::Tensor decode(const torch::Tensor& z) const override { return z.square(); }
    Decoded linearise(const torch::Tensor& z) const override {
        return {decode(z), [z](const torch::Tensor& w) { return 2 * z * w; }};
    }

private:
    int64_t dimension_;
};

}  // namespace

std::shared_ptr<const Decoder> square_decoder(int64_t dimension) {
    return std::make_shared<const SquareDecoder>(dimension);
}

}  // namespace drift
