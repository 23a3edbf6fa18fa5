// Another mixture of the prior's components as the posterior: log r = log new mixture - log prior, so that Z = 1.

#include "core/conditions/mixture_reweighting.h"
#include "core/conditions/prior_inputs.h"

namespace drift {
namespace {

struct Params {
    Array keep{{1}, {0}};
    Array weights{{0}, {}};
};

const Fields<Params> fields{
    Field<Params>("keep", &Params::keep, "kept components",
                  {"The components of the prior that are left, by number from 0.",
                   "log r = log sum w'_j N_j - log prior", "Fewer: more of the prior is to be forgotten."})
        .between(0, 1e6),
    Field<Params>(
        "weights", &Params::weights, "new weights",
        {"How much of the posterior is in each kept component; made to sum to one. Empty for the prior's own.", "w'_j",
         "More: a larger mode."})
        .between(1e-12, 1e12),
};

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior) {
    const GaussianMixture& mixture = mixture_of(prior, "mixture_ratio");
    const torch::Tensor kept = component_indices(params.keep, mixture.components(), "keep");
    const torch::Tensor given = params.weights.data.empty() ? mixture.weights.index_select(0, kept)
                                                            : vector_of(params.weights, "condition.weights");
    if (given.size(0) != kept.size(0)) {
        throw UserError("'condition.weights' has " + std::to_string(given.size(0)) + " numbers, but 'keep' names " +
                        std::to_string(kept.size(0)) + " components");
    }
    torch::Tensor weights = torch::zeros_like(mixture.weights);
    weights.index_copy_(0, kept, given / given.sum());
    return mixture_reweighting(mixture, weights, 1);
}

const Registration<Condition> registration{{.key = "mixture_ratio",
                                            .title = "Other weights",
                                            .help = "Keeps some of the prior's components, with weights of their own.",
                                            .params = describe(fields),
                                            .passing_bytes = reweighting_bytes},
                                           [](const ParamSet& params, const Prior& prior, const MakeContext&) {
                                               return make_condition(typed(fields, params), prior);
                                           }};

}  // namespace
}  // namespace drift
