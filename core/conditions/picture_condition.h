// What the linear conditions on pictures share: the picture, its measurement and the noise on it.
#pragma once

#include "core/conditions/noise_fields.h"
#include "core/problem.h"

#include <functional>
#include <string>
#include <vector>

namespace drift {

/// The u of a black pixel, where sensors that count see nothing.
inline constexpr double black_pixel = -1;

/// The parameters that every condition on pictures has.
struct PictureParams : NoiseParams {
    PictureParams() {
        noise = 0.05;
        gain = 100;
        step = 0.25;
    }
    ImageSource image{.dataset = "fashion-mnist-test", .index = 0, .file = ""};
};

/// [channels, height, width] of the prior's samples; throws UserError, naming the condition, for other priors.
std::vector<int64_t> picture_shape(const Prior& prior, const std::string& condition);

/// y of A x with the noise of `params`, x the picture that `params` names. `show` turns A x + noise [1, m] into a
/// picture for the eye, flat.
std::shared_ptr<const Condition> picture_condition(const PictureParams& params, const Prior& prior,
                                                   const MakeContext& context,
                                                   std::shared_ptr<const LinearOperator> measure,
                                                   const std::function<torch::Tensor(const torch::Tensor&)>& show);

/// The rows of `fields` for the parameters of the base PictureParams, to be put behind a condition's own.
template <class P>
Fields<P> with_picture_fields(Fields<P> fields) {
    add_noise_fields<P>(
        fields, Field<P>("noise", static_cast<double P::*>(&P::noise), "noise",
                         {"Standard deviation, or scale, of the noise on each measured number; pixels are in [-1, 1].",
                          "sigma_y", "Less: the measurement is followed more closely, and is harder to reach."})
                    .between(1e-4, 10, true));
    fields.push_back(Field<P>("image", static_cast<ImageSource P::*>(&P::image), "picture",
                              {"Which picture is measured: one of a data set, or a PNG or NPY file.", "x_true",
                               "Another picture, another posterior."}));
    return fields;
}

}  // namespace drift
