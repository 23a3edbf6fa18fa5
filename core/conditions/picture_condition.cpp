#include "core/conditions/picture_condition.h"

#include "core/conditions/linear_condition.h"
#include "core/conditions/measured_condition.h"
#include "core/data/picture_file.h"
#include "core/random.h"

namespace drift {

std::vector<int64_t> picture_shape(const Prior& prior, const std::string& condition) {
    std::vector<int64_t> shape = prior.sample_shape();
    if (shape.size() != 3) {
        throw UserError("'condition.type' is " + condition + ", which needs a prior over pictures, such as diffusion");
    }
    return shape;
}

std::shared_ptr<const Condition> picture_condition(const PictureParams& params, const Prior& prior,
                                                   const MakeContext& context,
                                                   std::shared_ptr<const LinearOperator> measure,
                                                   const std::function<torch::Tensor(const torch::Tensor&)>& show) {
    const std::vector<int64_t> shape = prior.sample_shape();
    const torch::Tensor truth = read_picture(params.image, shape, context.folder).to(torch::kFloat64);
    const auto exact = measure->to(torch::kFloat64);
    const auto noise = noise_model(params, black_pixel);
    const torch::Tensor y = noise->draw(exact->forward(truth.view({1, -1})), Random{context.seed});
    const torch::Tensor shown = show(noise->middle(y)).view(shape);
    const torch::Tensor observed = y.squeeze(0).to(context.options);
    const torch::Tensor picture = shown.to(torch::kFloat32);
    const auto placed = measure->to(context.options);
    if (params.noise_model == "gaussian") {
        return linear_condition({placed, observed, params.noise}, picture, truth.to(torch::kFloat32));
    }
    return measured_condition({placed, placed, observed, noise}, picture, truth.to(torch::kFloat32));
}

}  // namespace drift
