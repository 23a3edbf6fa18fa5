// A linear measurement y = A x + sigma_y n with any matrix. The default is the line of Scene A (guidance.md 1.9).

#include "core/arrays.h"
#include "core/conditions/linear_condition.h"

namespace drift {
namespace {

struct Params {
    Array matrix{{1, 2}, {1, 0}};
    Array observation{{1}, {-1}};
    double noise = 0.5;
};

const Fields<Params> fields{
    Field<Params>("matrix", &Params::matrix, "matrix",
                  {"What the sensor adds up.", "A, a row for each measured value", "Rows as long as the dimension."})
        .between(-1e6, 1e6),
    Field<Params>("observation", &Params::observation, "observation",
                  {"What the sensor reported; drag the line on the plot.", "y", "Moves the posterior."})
        .between(-1e6, 1e6),
    Field<Params>(
        "noise", &Params::noise, "noise",
        {"Standard deviation of the sensor's noise.", "sigma_y", "Less: a sharper posterior, harder to reach."})
        .between(1e-4, 1e4, true),
};

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const torch::Tensor matrix = matrix_of(params.matrix, "condition.matrix");
    const torch::Tensor y = vector_of(params.observation, "condition.observation");
    int64_t d = 1;
    for (const int64_t size : prior.sample_shape()) {
        d *= size;
    }
    if (matrix.size(1) != d) {
        throw UserError("'condition.matrix' has rows of " + std::to_string(matrix.size(1)) +
                        " numbers, but the prior has dimension " + std::to_string(d));
    }
    if (matrix.size(0) != y.size(0)) {
        throw UserError("'condition.observation' has " + std::to_string(y.size(0)) + " numbers, but 'matrix' has " +
                        std::to_string(matrix.size(0)) + " rows");
    }
    return linear_condition({dense_operator(matrix.to(context.options)), y.to(context.options), params.noise});
}

const Registration<Condition> registration{
    {"linear_gaussian", "Linear measurement", "A matrix times the sample, seen with Gaussian noise.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
