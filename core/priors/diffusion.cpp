// A trained diffusion prior of pictures. With a class, D = D_none + guidance_scale (D_class - D_none), which is
// classifier-free guidance; scale 1 is the class-conditional prior itself and costs one evaluation.

#include "core/nets/chunks.h"
#include "core/nets/trained.h"
#include "core/problem.h"

#include <algorithm>

namespace drift {
namespace {

const std::vector<std::string> class_names{"t_shirt", "trouser", "pullover", "dress", "coat",
                                           "sandal",  "shirt",   "sneaker",  "bag",   "ankle_boot"};

struct Params {
    std::string weights = "fashion_diffusion.weights";
    std::string label = "none";
    double guidance_scale = 1;
};

std::vector<std::string> class_options() {
    std::vector<std::string> options{"none"};
    options.insert(options.end(), class_names.begin(), class_names.end());
    return options;
}

const Fields<Params> fields{
    Field<Params>("weights", &Params::weights, "weights",
                  {"The weight file: one beside the scenario, or one that comes with the program.", "F(x; c_noise)",
                   "Another file, another prior."}),
    Field<Params>("class", &Params::label, "class",
                  {"What kind of garment; none for all of them.", "D(x, sigma | class)",
                   "Narrows the prior to one kind of picture."})
        .one_of(class_options()),
    Field<Params>("guidance_scale", &Params::guidance_scale, "class guidance",
                  {"How strongly the class pulls.", "D = D_none + w (D_class - D_none)",
                   "Above 1: purer, more alike, and twice the work."})
        .between(0, 20)
        .live(),
};

class DiffusionPrior final : public Prior {
public:
    DiffusionPrior(TrainedDenoiser net, const Params& params)
        : net_(std::move(net)),
          labels_(torch::full({chunk_size}, label_of(net_.config(), params.label), torch::kInt64)),
          none_(torch::full({chunk_size}, net_.config().classes, torch::kInt64)),
          scale_(params.label == "none" ? 1 : params.guidance_scale) {}

    std::vector<int64_t> sample_shape() const override {
        const UnetConfig& c = net_.config();
        return {c.channels, c.image, c.image};
    }
    double data_variance() const override { return net_.data_variance(); }

    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override { return in_chunks(function(sigma), x); }
    Linearised linearise(const torch::Tensor& x, double sigma) const override {
        ChunkedValue at_x = linearise_in_chunks(function(sigma), x);
        return {std::move(at_x.value), std::move(at_x.pullback)};
    }

private:
    static int64_t label_of(const UnetConfig& config, const std::string& name) {
        const auto found = std::find(class_names.begin(), class_names.end(), name);
        const int64_t label = found - class_names.begin();
        if (found != class_names.end() && label >= config.classes) {
            throw UserError("'prior.class' is " + name + ", but the prior knows only " +
                            std::to_string(config.classes) + " classes");
        }
        return found == class_names.end() ? config.classes : label;
    }

    /// D of one piece.
    ChunkFunction function(double sigma) const {
        return [this, sigma](const torch::Tensor& x) {
            if (scale_ == 1) {
                return net_.denoise(x, sigma, labels_);
            }
            const torch::Tensor free = net_.denoise(x, sigma, none_);
            return scale_ == 0 ? free : free + (net_.denoise(x, sigma, labels_) - free) * scale_;
        };
    }

    TrainedDenoiser net_;
    torch::Tensor labels_, none_;
    double scale_;
};

const Registration<Prior> registration{
    {"diffusion", "Trained diffusion", "A diffusion model of pictures, trained by 'driftscope fit'.", describe(fields)},
    [](const ParamSet& set, const MakeContext& context) {
        const Params params = typed(fields, set);
        TrainedDenoiser net(find_weights("prior.weights", params.weights, context.folder), "prior.weights");
        return std::make_shared<const DiffusionPrior>(std::move(net), params);
    }};

}  // namespace
}  // namespace drift
