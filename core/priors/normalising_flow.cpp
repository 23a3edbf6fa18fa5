// A normalising flow of spline couplings, trained in seconds (core/generators/spline_flow_model.h). Its density is
// known, and so is its denoiser, by sums over a grid: methods work on it in data space and in noise space.

#include "core/density.h"
#include "core/generators/spline_flow_model.h"
#include "core/nets/chunks.h"
#include "core/plane_denoiser.h"
#include "core/priors/generator_fields.h"

#include <cmath>
#include <mutex>
#include <optional>

namespace drift {
namespace {

struct Params : GeneratorParams {
    Params() {
        layers = 2;
        iterations = 1500;
    }
    int64_t couplings = 4;
    int64_t bins = 12;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = generator_fields<Params>({
        Field<Params>("couplings", &Params::couplings, "couplings",
                      {"How often one coordinate is bent as the other one says.", "x_i <- spline(x_i; network(x_j))",
                       "More: closer to the data, and slower."})
            .between(2, 32)
            .advanced(),
        Field<Params>(
            "bins", &Params::bins, "bins",
            {"How many pieces each bend is made of.", "K rational quadratics", "More: sharper edges, and slower."})
            .between(2, 64)
            .advanced(),
    });
    return all;  // made on first use: priors register before main
}

constexpr int64_t points_a_piece = 256;
constexpr int64_t points_for_box = 8192;
constexpr double room = 1.2;  // around the outermost of them

class FlowPrior final : public Prior, public Density {
public:
    explicit FlowPrior(std::shared_ptr<const Generator> generator)
        : generator_(std::move(generator)), decoder_(decoder_of(generator_)) {}

    std::vector<int64_t> sample_shape() const override { return {2}; }
    double data_variance() const override { return generator_->variance; }
    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override { return denoiser().denoise(x, sigma); }
    Linearised linearise(const torch::Tensor& x, double sigma) const override { return denoiser().linearise(x, sigma); }
    std::shared_ptr<const Decoder> decoder() const override { return decoder_; }

    torch::Tensor log_density(const torch::Tensor& x) const override {
        return in_chunks(function(), x, points_a_piece).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor& x) const override {
        const ChunkedValue at_x = linearise_in_chunks(function(), x, points_a_piece);
        return at_x.pullback(torch::ones_like(at_x.value));
    }
    void sample(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
        x.copy_(decoder_->decode(x));
    }
    double log_total() const override { return 0; }

private:
    /// log p of a piece.
    ChunkFunction function() const {
        return [generator = generator_](const torch::Tensor& x) {
            const auto& flow = static_cast<const SplineFlowModel&>(*generator->model);
            return flow.log_density((x - generator->mean) / generator->scale) - 2 * std::log(generator->scale);
        };
    }

    /// Made when it is first asked for: in noise space nobody does.
    const PlaneDenoiser& denoiser() const {
        std::call_once(made_, [this] {
            torch::Tensor x = torch::empty({points_for_box, 2}, torch::kFloat32);
            sample(x, Random{1});
            const torch::Tensor centre = generator_->mean.to(torch::kFloat64);
            const double reach = (x - generator_->mean).abs().max().item<double>();
            denoiser_.emplace([this](const torch::Tensor& points) { return log_density(points); }, centre,
                              room * reach);
        });
        return *denoiser_;
    }

    std::shared_ptr<const Generator> generator_;
    std::shared_ptr<const Decoder> decoder_;
    mutable std::once_flag made_;
    mutable std::optional<PlaneDenoiser> denoiser_;
};

const GeneratorRegistration registration{
    {"normalising_flow", "Normalising flow",
     "An invertible network of spline couplings, trained in seconds, whose density is known exactly.",
     describe(fields())},
    [](const ParamSet& set) {
        const Params params = typed(fields(), set);
        const GeneratorParams& common = params;
        const SplineFlowConfig config{params.width, params.layers, params.couplings, params.bins};
        return GeneratorPlan{common, [config] { return std::make_unique<SplineFlowModel>(config); }};
    },
    {},
    [](const std::shared_ptr<const Generator>& generator) -> std::shared_ptr<const Prior> {
        return std::make_shared<const FlowPrior>(generator);
    }};

}  // namespace
}  // namespace drift
