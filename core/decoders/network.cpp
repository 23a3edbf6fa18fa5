// A network as decoder, by autograd in pieces.

#include "core/decoders/decoders.h"

namespace drift {
namespace {

class NetworkDecoder final : public Decoder {
public:
    NetworkDecoder(ChunkFunction f, std::vector<int64_t> latent_shape, std::vector<int64_t> sample_shape, int64_t rows,
                   int64_t calls)
        : f_(std::move(f)),
          latent_shape_(std::move(latent_shape)),
          sample_shape_(std::move(sample_shape)),
          rows_(rows),
          calls_(calls) {}

    std::vector<int64_t> latent_shape() const override { return latent_shape_; }
    std::vector<int64_t> sample_shape() const override { return sample_shape_; }
    torch::Tensor decode(const torch::Tensor& z) const override { return in_chunks(f_, z, rows_); }
    Decoded linearise(const torch::Tensor& z) const override {
        ChunkedValue at_z = linearise_in_chunks(f_, z, rows_);
        return {std::move(at_z.value), std::move(at_z.pullback)};
    }
    int64_t calls() const override { return calls_; }

private:
    ChunkFunction f_;
    std::vector<int64_t> latent_shape_, sample_shape_;
    int64_t rows_;  // of a piece
    int64_t calls_;
};

}  // namespace

std::shared_ptr<const Decoder> network_decoder(ChunkFunction f, std::vector<int64_t> latent_shape,
                                               std::vector<int64_t> sample_shape, int64_t rows, int64_t calls) {
    return std::make_shared<const NetworkDecoder>(std::move(f), std::move(latent_shape), std::move(sample_shape), rows,
                                                  calls);
}

}  // namespace drift
