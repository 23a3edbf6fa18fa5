// A picture is seen out of focus.

#include "core/conditions/picture_condition.h"
#include "core/picture_operators.h"

namespace drift {
namespace {

struct Params : PictureParams {
    double sigma = 2;
};

const Fields<Params> fields = with_picture_fields<Params>({
    Field<Params>(
        "sigma", &Params::sigma, "blur",
        {"Width of the blur.", "A = B (x) B, B a Gaussian of this standard deviation", "More: finer detail is lost."})
        .between(0.1, 100, true)
        .unit("pixels"),
});

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const std::vector<int64_t> shape = picture_shape(prior, "blur");
    if (shape[1] != shape[2]) {
        throw UserError("'condition.type' is blur, which needs square pictures, but the prior's are " +
                        std::to_string(shape[2]) + "x" + std::to_string(shape[1]));
    }
    const auto show = [](const torch::Tensor& y) { return y; };
    return picture_condition(params, prior, context, blur_operator(shape, params.sigma), show);
}

const Registration<Condition> registration{
    {"blur", "Gaussian blur", "A picture is seen out of focus.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
