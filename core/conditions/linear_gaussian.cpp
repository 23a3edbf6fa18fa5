// A linear measurement of A x with any matrix, in the simplest case y = A x + sigma_y n. The default is the line of
// Scene A (guidance.md 1.9).

#include "core/conditions/measured_condition.h"
#include "core/conditions/prior_inputs.h"

namespace drift {
namespace {

struct Params : NoiseParams {
    Array matrix{{1, 2}, {1, 0}};
    Array observation{{1}, {-1}};
};

const Fields<Params> fields = with_noise_fields<Params>({
    Field<Params>("matrix", &Params::matrix, "matrix",
                  {"What the sensor adds up.", "A, a row for each measured value", "Rows as long as the dimension."})
        .between(-1e6, 1e6),
    Field<Params>("observation", &Params::observation, "observation",
                  {"What the sensor reported; drag the line on the plot.", "y", "Moves the posterior."})
        .between(-1e6, 1e6),
});

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const torch::Tensor matrix = rows_for(params.matrix, prior, "matrix");
    const torch::Tensor y =
        observation_for(params.observation, matrix.size(0), "'matrix' has " + std::to_string(matrix.size(0)) + " rows");
    return noisy_condition(dense_operator(matrix.to(context.options)), y.to(context.options), params);
}

const Registration<Condition> registration{
    {"linear_gaussian", "Linear measurement", "A matrix times the sample, seen with noise.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
