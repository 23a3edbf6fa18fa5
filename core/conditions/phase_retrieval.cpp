// Only magnitudes are seen, the phases are lost: y of |A x| for points and of |F x| for pictures, F the Fourier
// transform of the picture in a dark frame (guidance.md 1.8). Signs, shifts and mirror images cannot be told apart.

#include "core/conditions/measured_condition.h"
#include "core/conditions/picture_condition.h"
#include "core/conditions/prior_inputs.h"
#include "core/data/picture_file.h"
#include "core/nonlinear_operators.h"

namespace drift {
namespace {

struct Params : PictureParams {
    Params() { noise = 0.2; }
    Array matrix{{2, 2}, {1, 0, 0, 0}};
    Array observation{{1}, {3}};
    double oversampling = 2;
};

const Fields<Params> fields = with_picture_fields<Params>({
    Field<Params>("matrix", &Params::matrix, "matrix",
                  {"For points: what the sensor adds up, in pairs of rows, the real and the imaginary part.",
                   "a = row + i (next row), y = |a x|", "An imaginary part of zeros hides nothing but the sign."})
        .between(-1e6, 1e6),
    Field<Params>("observation", &Params::observation, "observation",
                  {"For points: the magnitudes that the sensor reported.", "y, one for each pair of rows",
                   "Moves the posterior."})
        .between(0, 1e6),
    Field<Params>("oversampling", &Params::oversampling, "oversampling",
                  {"For pictures: how many times as long the sides are with the dark frame.", "the size of F x",
                   "1: many pictures have these magnitudes; 2: hardly more than shifts and mirror images of one."})
        .between(1, 8),
});

std::shared_ptr<const Condition> of_a_point(const Params& params, const Prior& prior, const MakeContext& context) {
    const torch::Tensor matrix = rows_for(params.matrix, prior, "matrix");
    if (matrix.size(0) % 2 != 0) {
        throw UserError("'condition.matrix' has " + std::to_string(matrix.size(0)) +
                        " rows, but takes pairs of them, a real and an imaginary part each");
    }
    const int64_t pairs = matrix.size(0) / 2;
    const torch::Tensor y =
        observation_for(params.observation, pairs, "'matrix' has " + std::to_string(pairs) + " pairs of rows");
    return noisy_condition(magnitude_operator(matrix.to(context.options)), y.to(context.options), params);
}

std::shared_ptr<const Condition> of_a_picture(const Params& params, const std::vector<int64_t>& shape,
                                              const MakeContext& context) {
    const torch::Tensor truth = read_picture(params.image, shape, context.folder).to(torch::kFloat64);
    const auto measure = fourier_magnitude_operator(shape, params.oversampling);
    const auto noise = noise_model(params);
    const torch::Tensor y = noise->draw(measure->forward(truth.view({1, -1})), Random{context.seed}).squeeze(0);
    return measured_condition({measure, nullptr, y.to(context.options), noise}, {}, truth.to(torch::kFloat32));
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const std::vector<int64_t> shape = prior.sample_shape();
    return shape.size() == 3 ? of_a_picture(params, shape, context) : of_a_point(params, prior, context);
}

const Registration<Condition> registration{
    {"phase_retrieval", "Lost phases", "Magnitudes are seen, signs and phases are not.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
