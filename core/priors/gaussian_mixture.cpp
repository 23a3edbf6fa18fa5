// A Gaussian mixture of any dimension, exact at every noise level (guidance.md O1). The default has the modes of
// Scene A (guidance.md 1.9).

#include "core/arrays.h"
#include "core/priors/mixture_prior.h"

namespace drift {
namespace {

struct Params {
    Array means{{3, 2}, {-3, -1.5, 0, 3, 3, -1.5}};
    Array covariance{{}, {0.15}};
    Array weights{{0}, {}};
};

const Fields<Params> fields{
    Field<Params>("means", &Params::means, "means",
                  {"Where the modes are.", "m_j, a row each", "Rows of the same length; it is the dimension."})
        .between(-1e6, 1e6),
    Field<Params>("covariance", &Params::covariance, "covariance",
                  {"How wide the modes are: a number, a diagonal or a matrix, for all modes or one for each.",
                   "Sigma_j", "More: modes that overlap."})
        .between(-1e12, 1e12),
    Field<Params>("weights", &Params::weights, "weights",
                  {"How much of the prior is in each mode; made to sum to one. Empty for equal ones.", "w_j",
                   "More: a larger mode."})
        .between(1e-12, 1e12),
};

std::shared_ptr<const Prior> make_prior(const Params& params) {
    GaussianMixture mixture;
    mixture.means = matrix_of(params.means, "prior.means");
    const int64_t count = mixture.components();
    mixture.weights = params.weights.data.empty() ? torch::ones({count}, torch::kFloat64)
                                                  : vector_of(params.weights, "prior.weights");
    if (mixture.weights.size(0) != count) {
        throw UserError("'prior.weights' has " + std::to_string(mixture.weights.size(0)) +
                        " numbers, but 'means' has " + std::to_string(count) + " rows");
    }
    mixture.weights = mixture.weights / mixture.weights.sum();
    set_covariances(mixture, params.covariance);
    return mixture_prior(std::move(mixture));
}

const Registration<Prior> registration{
    {.key = "gaussian_mixture",
     .title = "Gaussian mixture",
     .help = "Modes with means, covariances and weights; everything about it is exact.",
     .params = describe(fields),
     .has_closed_form = true},
    [](const ParamSet& params, const MakeContext&) { return make_prior(typed(fields, params)); }};

}  // namespace
}  // namespace drift
