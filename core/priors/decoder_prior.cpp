#include "core/priors/decoder_prior.h"

#include "core/error.h"

namespace drift {
namespace {

class DecoderPrior final : public Prior {
public:
    DecoderPrior(std::shared_ptr<const Decoder> decoder, double variance, std::string warning)
        : decoder_(std::move(decoder)), variance_(variance), warning_(std::move(warning)) {}

    std::vector<int64_t> sample_shape() const override { return decoder_->sample_shape(); }
    double data_variance() const override { return variance_; }
    bool has_denoiser() const override { return false; }
    torch::Tensor denoise(const torch::Tensor&, double) const override { refuse(); }
    Linearised linearise(const torch::Tensor&, double) const override { refuse(); }
    std::shared_ptr<const Decoder> decoder() const override { return decoder_; }
    std::string warning() const override { return warning_; }

private:
    [[noreturn]] static void refuse() { throw UserError("this prior is a map from noise and has no denoiser"); }

    std::shared_ptr<const Decoder> decoder_;
    double variance_;
    std::string warning_;
};

}  // namespace

std::shared_ptr<const Prior> decoder_prior(std::shared_ptr<const Decoder> decoder, double variance,
                                           std::string warning) {
    return std::make_shared<const DecoderPrior>(std::move(decoder), variance, std::move(warning));
}

}  // namespace drift
