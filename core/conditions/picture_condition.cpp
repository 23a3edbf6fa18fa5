#include "core/conditions/picture_condition.h"

#include "core/conditions/linear_condition.h"
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
    torch::Tensor noise = torch::empty({1, exact->output_size()}, torch::kFloat64);
    Random{context.seed}.fill_normals(noise, kernels::Purpose::Problem, 0);
    const torch::Tensor y = exact->forward(truth.view({1, -1})) + params.noise * noise;
    const torch::Tensor shown = show(y).view(shape);
    return linear_condition({measure->to(context.options), y.squeeze(0).to(context.options), params.noise},
                            shown.to(torch::kFloat32), truth.to(torch::kFloat32));
}

}  // namespace drift
