// Sensors that are not linear, small enough to see what they do to a posterior: y of h(x) through a noise model.

#include "core/conditions/measured_condition.h"
#include "core/conditions/prior_inputs.h"
#include "core/nonlinear_operators.h"

namespace drift {
namespace {

struct Params : NoiseParams {
    std::string function = "range";
    Array sensors{{1, 2}, {0, 0}};
    Array matrix{{1, 2}, {1, 0}};
    Array observation{{1}, {3}};
};

const Fields<Params> fields = with_noise_fields<Params>({
    Field<Params>(
        "function", &Params::function, "function",
        {"What the sensors tell of a point: how far it is away (range), the product of its first two numbers, "
         "or tanh, sine or square of what a matrix adds up.",
         "h(x) = |x - a|, x_1 x_2, tanh(A x), sin(A x) or (A x)^2",
         "Each leaves a posterior of another shape: a ring, a hyperbola, a half plane, stripes, two lines."})
        .one_of({"range", "product", "tanh", "sine", "square"}),
    Field<Params>(
        "sensors", &Params::sensors, "sensors",
        {"Where the sensors are that tell their distance.", "a, a row each", "Two leave two places, not one."})
        .between(-1e6, 1e6)
        .only_with("function", {"range"}),
    Field<Params>("matrix", &Params::matrix, "matrix",
                  {"What the sensor adds up before it responds.", "A, a row for each measured value",
                   "Rows as long as the dimension."})
        .between(-1e6, 1e6)
        .only_with("function", {"tanh", "sine", "square"}),
    Field<Params>("observation", &Params::observation, "observation",
                  {"What the sensors reported.", "y", "Moves the posterior."})
        .between(-1e6, 1e6),
});

std::shared_ptr<const ForwardOperator> sensor(const Params& params, const Prior& prior,
                                              const torch::TensorOptions& options) {
    if (params.function == "range") {
        return range_operator(rows_for(params.sensors, prior, "sensors").to(options));
    }
    if (params.function == "product") {
        if (dimension_of(prior) < 2) {
            throw UserError("'condition.function' is product, which needs a prior of 2 dimensions or more");
        }
        return product_operator(dimension_of(prior));
    }
    const Response response = params.function == "tanh"   ? Response::Tanh
                              : params.function == "sine" ? Response::Sine
                                                          : Response::Square;
    return response_operator(rows_for(params.matrix, prior, "matrix").to(options), response);
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const auto measure = sensor(params, prior, context.options);
    const int64_t count = measure->output_size();
    const torch::Tensor y = observation_for(params.observation, count,
                                            "'function' " + params.function + " measures " + std::to_string(count));
    return noisy_condition(measure, y.to(context.options), params);
}

const Registration<Condition> registration{
    {"nonlinear", "Nonlinear sensor", "A distance, a product, or a response that bends or folds.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
