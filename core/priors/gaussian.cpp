// One Gaussian: the prior under which even DPS is an affine recursion (guidance.md O4, O5).

#include "core/arrays.h"
#include "core/priors/mixture_prior.h"

namespace drift {
namespace {

struct Params {
    Array mean{{2}, {0, 0}};
    Array covariance{{}, {1.0}};
};

const Fields<Params> fields{
    Field<Params>("mean", &Params::mean, "mean", {"Its centre.", "mu", "Its length is the dimension."})
        .between(-1e6, 1e6),
    Field<Params>("covariance", &Params::covariance, "covariance",
                  {"Its spread: a number, a diagonal or a matrix.", "Sigma", "More: wider."})
        .between(-1e12, 1e12),
};

const Registration<Prior> registration{{.key = "gaussian",
                                        .title = "Gaussian",
                                        .help = "A single Gaussian: every linear method on it has a closed form.",
                                        .params = describe(fields),
                                        .has_closed_form = true},
                                       [](const ParamSet& set, const MakeContext&) {
                                           const Params params = typed(fields, set);
                                           GaussianMixture mixture;
                                           mixture.means = vector_of(params.mean, "prior.mean").unsqueeze(0);
                                           mixture.weights = torch::ones({1}, torch::kFloat64);
                                           set_covariances(mixture, params.covariance);
                                           return mixture_prior(std::move(mixture));
                                       }};

}  // namespace
}  // namespace drift
