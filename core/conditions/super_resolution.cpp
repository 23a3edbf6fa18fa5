// A picture is seen at a lower resolution: the averages of squares of pixels.

#include "core/conditions/picture_condition.h"
#include "core/picture_operators.h"

namespace drift {
namespace {

struct Params : PictureParams {
    int64_t factor = 4;
};

const Fields<Params> fields = with_picture_fields<Params>({
    Field<Params>("factor", &Params::factor, "factor",
                  {"How many pixels a side are averaged into one.", "A averages squares of factor x factor",
                   "More: less is known of the picture."})
        .between(2, 64)
        .unit("pixels"),
});

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const std::vector<int64_t> shape = picture_shape(prior, "super_resolution");
    if (shape[1] % params.factor != 0 || shape[2] % params.factor != 0) {
        throw UserError("'condition.factor' is " + std::to_string(params.factor) + ", but it must divide the " +
                        std::to_string(shape[2]) + "x" + std::to_string(shape[1]) + " pixels of the picture");
    }
    const auto measure = pooling_operator(shape, params.factor);
    const auto area = static_cast<double>(params.factor * params.factor);
    // the adjoint spreads a value over its square and divides by the area
    const auto show = [&](const torch::Tensor& y) { return measure->adjoint(y) * area; };
    return picture_condition(params, prior, context, measure, show);
}

const Registration<Condition> registration{
    {"super_resolution", "Low resolution", "A picture is seen in coarse pixels.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
