// Some pixels of a picture are seen, the others are to be filled in.

#include "core/arrays.h"
#include "core/conditions/picture_condition.h"
#include "core/picture_operators.h"
#include "core/random.h"

#include <limits>

namespace drift {
namespace {

struct Params : PictureParams {
    std::string mask = "left_half";
    Array box{{4}, {7, 7, 14, 14}};
    double share = 0.25;
};

const Fields<Params> fields = with_picture_fields<Params>({
    Field<Params>("mask", &Params::mask, "hidden pixels",
                  {"Which pixels are hidden.", "A selects the pixels that are seen",
                   "More hidden pixels: more ways to complete the picture."})
        .one_of({"left_half", "right_half", "lower_half", "box", "random"}),
    Field<Params>(
        "box", &Params::box, "hidden box",
        {"For the mask 'box': top, left, height and width of the hidden box in pixels.",
         "rows top to top + height - 1, columns left to left + width - 1, from 0", "A larger box hides more."})
        .between(0, 4096),
    Field<Params>("share", &Params::share, "seen share",
                  {"For the mask 'random': the share of pixels that is seen.", "m / d", "Less: more is to be guessed."})
        .between(0.001, 1),
});

/// True where a pixel is hidden, bool [height, width].
torch::Tensor hidden_pixels(const Params& params, int64_t height, int64_t width, uint64_t seed) {
    torch::Tensor hidden = torch::zeros({height, width}, torch::kBool);
    if (params.mask == "left_half") {
        hidden.narrow(1, 0, width / 2).fill_(true);
    } else if (params.mask == "right_half") {
        hidden.narrow(1, width / 2, width - width / 2).fill_(true);
    } else if (params.mask == "lower_half") {
        hidden.narrow(0, height / 2, height - height / 2).fill_(true);
    } else if (params.mask == "box") {
        const std::vector<double>& box = params.box.data;
        if (box.size() != 4 || box[2] < 1 || box[3] < 1 || box[0] + box[2] > static_cast<double>(height) ||
            box[1] + box[3] > static_cast<double>(width)) {
            throw UserError("'condition.box' is " + numbers_text(params.box) +
                            ", but must be [top, left, height, width] of a box inside the " + std::to_string(width) +
                            "x" + std::to_string(height) + " pixels of the picture");
        }
        hidden.narrow(0, static_cast<int64_t>(box[0]), static_cast<int64_t>(box[2]))
            .narrow(1, static_cast<int64_t>(box[1]), static_cast<int64_t>(box[3]))
            .fill_(true);
    } else {
        // the pixels with the smallest of independent numbers are seen: exactly the share asked for
        torch::Tensor order = torch::empty({1, height * width}, torch::kFloat64);
        Random{seed}.fill_normals(order, kernels::Purpose::Problem, 1);
        const auto pixels = static_cast<double>(height * width);
        const auto seen = std::max<int64_t>(1, std::llround(params.share * pixels));
        hidden = hidden.flatten().fill_(true).index_fill_(0, order.squeeze(0).argsort().narrow(0, 0, seen), false);
    }
    return hidden.view({height, width});
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const std::vector<int64_t> shape = picture_shape(prior, "inpainting");
    const torch::Tensor seen = hidden_pixels(params, shape[1], shape[2], context.seed).logical_not();
    const torch::Tensor indices = seen.expand(shape).flatten().nonzero().squeeze(1);
    if (indices.size(0) == 0) {
        throw UserError("'condition.box' is " + numbers_text(params.box) +
                        " and hides every pixel, but at least one must be seen");
    }
    const int64_t d = shape[0] * shape[1] * shape[2];
    const auto show = [&](const torch::Tensor& y) {
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        return torch::full({1, d}, unknown, y.options()).index_copy_(1, indices, y);
    };
    return picture_condition(params, prior, context, mask_operator(indices, d), show);
}

const Registration<Condition> registration{
    {"inpainting", "Hidden pixels", "Part of a picture is seen; the rest is to be filled in.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
