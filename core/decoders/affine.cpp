// f(z) = M z + o, J = M: problems in noise space keep every closed form that they have in data space.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

class AffineDecoder final : public Decoder {
public:
    explicit AffineDecoder(AffineMap map)
        : map_(std::move(map)),
          single_matrix_(map_.matrix.to(torch::kFloat32)),
          single_offset_(map_.offset.to(torch::kFloat32)) {}

    std::vector<int64_t> latent_shape() const override { return {map_.matrix.size(1)}; }
    std::vector<int64_t> sample_shape() const override { return {map_.matrix.size(0)}; }
    torch::Tensor decode(const torch::Tensor& z) const override {
        return z.matmul(matrix_like(z).t()).add_(like(z, map_.offset, single_offset_));
    }
    Decoded linearise(const torch::Tensor& z) const override {
        return {decode(z), [matrix = matrix_like(z)](const torch::Tensor& w) { return w.matmul(matrix); }};
    }
    const AffineMap* affine() const override { return &map_; }

private:
    static torch::Tensor like(const torch::Tensor& z, const torch::Tensor& exact, const torch::Tensor& single) {
        return (z.scalar_type() == torch::kFloat64 ? exact : single).to(z.options());
    }
    torch::Tensor matrix_like(const torch::Tensor& z) const { return like(z, map_.matrix, single_matrix_); }

    AffineMap map_;
    torch::Tensor single_matrix_, single_offset_;  // once in the type that most runs have
};

}  // namespace

std::shared_ptr<const Decoder> affine_decoder(const torch::Tensor& matrix, const torch::Tensor& offset) {
    return std::make_shared<const AffineDecoder>(
        AffineMap{matrix.to(torch::kCPU, torch::kFloat64).contiguous(), offset.to(torch::kCPU, torch::kFloat64)});
}

std::shared_ptr<const Decoder> gaussian_decoder(const GaussianMixture& gaussian) {
    TORCH_CHECK(gaussian.components() == 1, "only one Gaussian has an affine map from noise");
    const torch::Tensor covariance = gaussian.full_covariances()[0];
    const auto [variances, basis] = at::linalg_eigh(covariance);
    return affine_decoder((basis * variances.clamp_min(0).sqrt()).matmul(basis.t()), gaussian.means[0]);
}

GaussianMixture law_of(const AffineMap& map) {
    return {torch::ones({1}, torch::kFloat64), map.offset.unsqueeze(0), map.matrix.matmul(map.matrix.t()).unsqueeze(0),
            CovarianceKind::Full};
}

}  // namespace drift
