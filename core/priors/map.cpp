// What a function makes of noise, x = f(z) with z ~ N(0, I). Where the law of x is a Gaussian, as for most affine maps
// and for the swirl, methods work in data space as well; else in noise space alone.

#include "core/arrays.h"
#include "core/decoders/decoders.h"
#include "core/priors/decoder_prior.h"
#include "core/priors/mixture_prior.h"

#include <cmath>
#include <numbers>

namespace drift {
namespace {

struct Params {
    std::string function = "swirl";
    int64_t latent = 2;
    Array matrix{{2, 2}, {1, 0.5, 0, 1}};
    Array offset{{0}, {}};
    double strength = 3;
};

const Fields<Params> fields{
    Field<Params>("function", &Params::function, "function",
                  {"What is done to the noise.",
                   "affine: M z + o; square: z_i^2; ring: |z|; fold: (|z_1|, z_2); swirl: R(s exp(-|z|^2 / 2)) z",
                   "All but affine and swirl lay several places of noise on one of the data."})
        .one_of({"affine", "square", "ring", "fold", "swirl"}),
    Field<Params>("latent", &Params::latent, "latent dimension",
                  {"How many numbers the noise has; fold and swirl have 2, affine as many as its matrix has columns.",
                   "z in R^latent", "square keeps it, ring leads to one number."})
        .between(1, 1024)
        .only_with("function", {"square", "ring"}),
    Field<Params>("matrix", &Params::matrix, "matrix",
                  {"The affine map's matrix, a row for each number of the data.", "M in M z + o",
                   "Wider than high: some directions of noise say nothing; higher than wide: flat data."})
        .between(-1e6, 1e6)
        .only_with("function", {"affine"}),
    Field<Params>("offset", &Params::offset, "offset",
                  {"Where the affine map puts the origin; empty for 0.", "o in M z + o", "Moves the data."})
        .between(-1e6, 1e6)
        .only_with("function", {"affine"}),
    Field<Params>("strength", &Params::strength, "strength",
                  {"The angle by which the swirl turns its centre.", "s in s exp(-|z|^2 / 2), in radians",
                   "More: a straight line of the data is wound up further in noise."})
        .between(-100, 100)
        .only_with("function", {"swirl"}),
};

/// Var |z| of the chi distribution.
double variance_of_radius(int64_t latent) {
    const double half = 0.5 * static_cast<double>(latent);
    const double mean = std::numbers::sqrt2 * std::exp(std::lgamma(half + 0.5) - std::lgamma(half));
    return static_cast<double>(latent) - mean * mean;
}

std::shared_ptr<const Prior> affine_prior(const Params& params) {
    const torch::Tensor matrix = matrix_of(params.matrix, "prior.matrix");
    const torch::Tensor offset = params.offset.data.empty() ? torch::zeros({matrix.size(0)}, torch::kFloat64)
                                                            : vector_of(params.offset, "prior.offset");
    if (offset.size(0) != matrix.size(0)) {
        throw UserError("'prior.offset' has " + std::to_string(offset.size(0)) + " numbers, but 'matrix' has " +
                        std::to_string(matrix.size(0)) + " rows");
    }
    auto decoder = affine_decoder(matrix, offset);
    GaussianMixture law = law_of(*decoder->affine());
    const double variance = law.data_variance();
    if (!(variance > 0)) {
        throw UserError("'prior.matrix' holds only zeros, but must spread the noise out");
    }
    // Flat data have no density: what is left of the smallest variance is rounding.
    const torch::Tensor variances = at::linalg_eigvalsh(law.covariances[0]);
    const bool flat = !variances.min().gt(1e-10 * variances.max()).item<bool>();
    return flat ? decoder_prior(std::move(decoder), variance) : mixture_prior(std::move(law), std::move(decoder));
}

std::shared_ptr<const Prior> swirl_prior(double strength) {
    return mixture_prior({torch::ones({1}, torch::kFloat64), torch::zeros({1, 2}, torch::kFloat64),
                          torch::ones({1}, torch::kFloat64), CovarianceKind::Scalar},
                         swirl_decoder(strength));
}

std::shared_ptr<const Prior> make_prior(const Params& params) {
    if (params.function == "affine") {
        return affine_prior(params);
    }
    if (params.function == "swirl") {
        return swirl_prior(params.strength);
    }
    if (params.function == "square") {
        return decoder_prior(square_decoder(params.latent), 2);
    }
    if (params.function == "ring") {
        return decoder_prior(ring_decoder(params.latent), variance_of_radius(params.latent));
    }
    return decoder_prior(fold_decoder(), 0.5 * (variance_of_radius(1) + 1));
}

const Registration<Prior> registration{
    {.key = "map",
     .title = "Map from noise",
     .help = "What a function makes of standard normal noise: for methods in noise space.",
     .params = describe(fields),
     .has_closed_form = true},
    [](const ParamSet& set, const MakeContext&) { return make_prior(typed(fields, set)); }};

}  // namespace
}  // namespace drift
