// Which component of the prior a sample came from, as far as that can be seen: log r = strength * log p(component is
// one of the labels | x0), the softmax over the components (guidance.md 1.8).

#include "core/conditions/mixture_reweighting.h"
#include "core/conditions/prior_inputs.h"

namespace drift {
namespace {

struct Params {
    Array labels{{1}, {0}};
    double strength = 1;
};

const Fields<Params> fields{
    Field<Params>("labels", &Params::labels, "components",
                  {"The components of the prior that are asked for, by number from 0.",
                   "log r = log sum over them of p(j | x0)", "More components: a wider choice."})
        .between(0, 1e6),
    Field<Params>("strength", &Params::strength, "strength",
                  {"How much the label counts; the exact answer is known for 1.", "log r = strength * log p",
                   "More: samples for which the component is beyond doubt."})
        .between(0, 100),
};

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior) {
    const GaussianMixture& mixture = mixture_of(prior, "label");
    const torch::Tensor labels = component_indices(params.labels, mixture.components(), "labels");
    torch::Tensor weights = torch::zeros_like(mixture.weights);
    weights.index_copy_(0, labels, mixture.weights.index_select(0, labels));
    return mixture_reweighting(mixture, weights, params.strength);
}

const Registration<Condition> registration{{.key = "label",
                                            .title = "Component of the prior",
                                            .help = "Asks for samples of some of the prior's components.",
                                            .params = describe(fields),
                                            .passing_bytes = reweighting_bytes},
                                           [](const ParamSet& params, const Prior& prior, const MakeContext&) {
                                               return make_condition(typed(fields, params), prior);
                                           }};

}  // namespace
}  // namespace drift
