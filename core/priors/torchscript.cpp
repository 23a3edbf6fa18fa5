// A denoiser or a decoder out of a TorchScript file, whatever trained it. What a denoiser's network predicts is turned
// into D(x, sigma) in EDM coordinates by the conversions of guidance.md 1.1; networks in VP coordinates see
// sqrt(abar) x and the number of the training step whose noise is nearest, abar = 1 / (1 + sigma^2). A decoder is
// f(z) itself, for methods in noise space.

#include "core/arrays.h"
#include "core/decoders/decoders.h"
#include "core/nets/chunks.h"
#include "core/priors/decoder_prior.h"
#include "core/problem.h"
#include "core/text.h"
#include "core/torch_error.h"

#include <c10/core/InferenceMode.h>
#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>

namespace drift {
namespace {

// Of one sample: what is tried out must fit in memory whatever the scenario says.
constexpr size_t most_dimensions = 4;
constexpr double most_numbers = 1 << 20;

struct Params {
    std::string file;
    std::string role = "denoiser";
    std::string parametrisation = "edm";
    Array shape{{3}, {1, 28, 28}};
    Array latent{{1}, {64}};
    std::string schedule = "ddpm";
    int64_t levels = 1000;
    double data_variance = 0.25;
};

const Fields<Params> fields{
    Field<Params>("file", &Params::file, "file",
                  {"The TorchScript file. It runs code: open only files that you trust.",
                   "forward(x, noise) or forward(z), by its role", "Another file, another prior."}),
    Field<Params>("role", &Params::role, "role",
                  {"What the file holds: a denoiser of a diffusion model, or a decoder that makes samples of noise.",
                   "denoiser: forward(x, noise); decoder: f(z) = forward(z), z ~ N(0, I)",
                   "A decoder is sampled in noise space."})
        .one_of({"denoiser", "decoder"}),
    Field<Params>(
        "parametrisation", &Params::parametrisation, "parametrisation",
        {"What forward(x, noise) gives: the clean picture for (x, sigma), or noise or velocity for (x in VP "
         "coordinates, step).",
         "edm: D; epsilon: D = (x' - sqrt(1 - abar) eps) / sqrt(abar); v: D = sqrt(abar) x' - sqrt(1 - abar) v",
         "The wrong one gives noise."})
        .one_of({"edm", "epsilon", "v"})
        .only_with("role", {"denoiser"}),
    Field<Params>("shape", &Params::shape, "shape", {"Shape of one sample.", "d", "Must be the network's."})
        .between(1, 4096),
    Field<Params>("latent", &Params::latent, "shape of the noise",
                  {"Shape of the noise that a decoder takes.", "z", "Must be the network's."})
        .between(1, 1024)
        .only_with("role", {"decoder"}),
    Field<Params>("schedule", &Params::schedule, "noise levels",
                  {"The noise levels that an epsilon or v network was trained on.",
                   "ddpm: beta from 1e-4 to 0.02; cosine: abar = cos^2", "Must be the network's."})
        .one_of({"ddpm", "cosine"})
        .only_with("role", {"denoiser"}),
    Field<Params>("levels", &Params::levels, "number of levels",
                  {"How many noise levels an epsilon or v network was trained on.", "T", "Must be the network's."})
        .between(2, 100000)
        .only_with("role", {"denoiser"}),
    Field<Params>(
        "data_variance", &Params::data_variance, "prior spread",
        {"Variance of one number of the data.", "V = tr Cov[x0] / d", "Used by guidance as the prior's spread."})
        .between(1e-6, 1e6, true),
};

/// ln sigma of the training steps 0 ... T - 1, increasing.
std::vector<double> log_sigmas(const Params& params) {
    const auto t_max = static_cast<double>(params.levels);
    std::vector<double> levels;
    double abar = 1;
    const auto cosine = [t_max](double t) {
        const double c = std::cos((t / t_max + 0.008) / 1.008 * std::numbers::pi / 2);
        return c * c;
    };
    for (int64_t t = 0; t < params.levels; ++t) {
        const auto step = static_cast<double>(t);
        if (params.schedule == "ddpm") {
            abar *= 1 - (1e-4 + (0.02 - 1e-4) * step / (t_max - 1));
        } else {
            abar = std::max(cosine(step + 1) / cosine(0), 1e-10);
        }
        levels.push_back(0.5 * std::log((1 - abar) / abar));
    }
    return levels;
}

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
    throw UserError("'prior.file' names " + file + ", which " + why);
}

std::string runs_code(const std::string& file) {
    return file + " is a TorchScript file: it runs code of its own; use only files that you trust";
}

/// Throws UserError unless `f` makes finite samples of `shape` of zeros in the shape `given`, one row each.
void try_out(const ChunkFunction& f, std::vector<int64_t> given, std::vector<int64_t> shape, const std::string& file,
             const std::string& takes) {
    given.insert(given.begin(), chunk_size);
    shape.insert(shape.begin(), chunk_size);
    torch::Tensor answer;
    try {
        answer = in_chunks(f, torch::zeros(given));
    } catch (const std::exception& error) {
        refuse(file, "does not take " + takes + ": " + torch_sentence(error));
    }
    if (answer.sizes().vec() != shape || !answer.isfinite().all().item<bool>()) {
        refuse(file, "does not give finite samples of the shape that " +
                         std::string(given == shape ? "it was given" : "'prior.shape' says"));
    }
}

class TorchScriptPrior final : public Prior {
public:
    TorchScriptPrior(const Params& params, std::vector<int64_t> shape, torch::jit::Module module)
        : params_(params), shape_(std::move(shape)), levels_(log_sigmas(params)), module_(std::move(module)) {}

    std::vector<int64_t> sample_shape() const override { return shape_; }
    double data_variance() const override { return params_.data_variance; }
    std::string warning() const override { return runs_code(params_.file); }
    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override { return in_chunks(function(sigma), x); }
    Linearised linearise(const torch::Tensor& x, double sigma) const override {
        ChunkedValue at_x = linearise_in_chunks(function(sigma), x);
        return {std::move(at_x.value), std::move(at_x.pullback)};
    }

    /// Throws UserError unless the network gives finite samples of the right shape.
    void check() const {
        drift::try_out(function(1.0), shape_, shape_, params_.file, "samples of this shape with one noise level each");
    }

private:
    torch::Tensor call(const torch::Tensor& x, double noise) const {
        // forward() of a module is not const, but changes nothing here
        torch::jit::Module module = module_;
        return module.forward({x, torch::full({x.size(0)}, noise, x.options())}).toTensor();
    }

    ChunkFunction function(double sigma) const {
        return [this, sigma](const torch::Tensor& x) {
            if (params_.parametrisation == "edm") {
                return call(x, sigma);
            }
            const double abar = 1 / (1 + sigma * sigma);
            const double signal = std::sqrt(abar), noise = std::sqrt(1 - abar);
            const torch::Tensor scaled = x * signal;
            const torch::Tensor predicted = call(scaled, step_of(sigma));
            return params_.parametrisation == "v" ? scaled * signal - predicted * noise
                                                  : (scaled - predicted * noise) / signal;
        };
    }

    /// The training step whose noise is nearest to sigma.
    double step_of(double sigma) const {
        const auto above = std::lower_bound(levels_.begin(), levels_.end(), std::log(sigma));
        if (above == levels_.begin() || above == levels_.end()) {
            return above == levels_.end() ? static_cast<double>(levels_.size() - 1) : 0;
        }
        const bool lower_is_nearer = std::log(sigma) - *(above - 1) < *above - std::log(sigma);
        return static_cast<double>(above - levels_.begin() - (lower_is_nearer ? 1 : 0));
    }

    Params params_;
    std::vector<int64_t> shape_;
    std::vector<double> levels_;
    torch::jit::Module module_;
};

std::vector<int64_t> checked_shape(const Array& given, const std::string& key) {
    const std::string name = in_quotes("prior." + key);
    if (given.data.size() > most_dimensions) {
        throw UserError(name + " has " + std::to_string(given.data.size()) + " numbers, but takes at most " +
                        std::to_string(most_dimensions) + ", such as [1, 28, 28]");
    }
    std::vector<int64_t> shape;
    double product = 1;
    for (const double size : given.data) {
        if (size != std::floor(size)) {
            throw UserError(name + " holds " + shown(size) + ", but takes whole numbers, such as [1, 28, 28]");
        }
        shape.push_back(static_cast<int64_t>(size));
        product *= size;
    }
    if (product > most_numbers) {
        throw UserError(name + " makes " + shown(product) + " numbers a sample, but at most " + shown(most_numbers) +
                        " are accepted");
    }
    return shape;
}

torch::jit::Module load(const Params& params, const std::string& folder) {
    const std::filesystem::path path = std::filesystem::path(folder) / params.file;
    std::error_code error;
    if (params.file.empty() || !std::filesystem::is_regular_file(path, error)) {
        throw UserError("'prior.file' is '" + params.file + "', but there is no such TorchScript file");
    }
    const c10::InferenceMode off(false);  // numbers that a backward pass may keep
    torch::jit::Module module;
    try {
        module = torch::jit::load(path.string(), torch::kCPU);
    } catch (const std::exception&) {
        refuse(params.file, "is not a TorchScript file");
    }
    module.eval();
    for (const torch::Tensor& parameter : module.parameters()) {
        parameter.set_requires_grad(false);
    }
    return module;
}

std::shared_ptr<const Prior> make_prior(const Params& params, const MakeContext& context) {
    std::vector<int64_t> shape = checked_shape(params.shape, "shape");
    std::vector<int64_t> latent = checked_shape(params.latent, "latent");
    torch::jit::Module module = load(params, context.folder);
    if (params.role == "decoder") {
        const ChunkFunction f = [module](const torch::Tensor& z) {
            torch::jit::Module own = module;  // forward() of a module is not const, but changes nothing here
            return own.forward({z}).toTensor();
        };
        try_out(f, latent, shape, params.file, "noise of this shape");
        return decoder_prior(network_decoder(f, std::move(latent), std::move(shape)), params.data_variance,
                             runs_code(params.file));
    }
    const auto prior = std::make_shared<const TorchScriptPrior>(params, std::move(shape), std::move(module));
    prior->check();
    return prior;
}

const Registration<Prior> registration{
    {"torchscript", "TorchScript file",
     "A denoiser or a decoder out of a TorchScript file, which runs code of its own.", describe(fields)},
    [](const ParamSet& set, const MakeContext& context) { return make_prior(typed(fields, set), context); }};

}  // namespace
}  // namespace drift
