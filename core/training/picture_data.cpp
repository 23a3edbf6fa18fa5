#include "core/training/picture_data.h"

#include "core/error.h"

#include <cmath>
#include <numbers>

namespace drift {
namespace {

double mean_pixel_variance(const LabelledPictures& set) {
    // per pixel over the set, in [-1, 1]; in parts, to keep the float64 copy small
    const int64_t pixels = set.pictures.size(1) * set.pictures.size(2);
    torch::Tensor sum = torch::zeros({pixels}, torch::kFloat64);
    torch::Tensor squares = torch::zeros({pixels}, torch::kFloat64);
    for (const torch::Tensor& part : set.pictures.split(4096)) {
        const torch::Tensor x = part.reshape({part.size(0), pixels}).to(torch::kFloat64) / 127.5 - 1;
        sum += x.sum(0);
        squares += x.square().sum(0);
    }
    const auto n = static_cast<double>(set.size());
    return (squares / n - (sum / n).square()).mean().item<double>();
}

}  // namespace

PictureData read_picture_data(const std::filesystem::path& folder) {
    PictureData data;
    data.train = read_fashion_mnist(folder, "train");
    data.held_out = read_fashion_mnist(folder, "t10k");
    if (data.train.pictures.size(1) != 28 || data.train.pictures.size(2) != 28) {
        throw UserError("data: " + folder.string() + " has pictures of another size than 28x28");
    }
    data.variance = mean_pixel_variance(data.train);
    return data;
}

PictureBatch draw_batch(const LabelledPictures& set, int64_t count, at::Generator& generator) {
    const torch::Tensor indices = torch::empty({count}, torch::kInt64).random_(0, set.size(), generator);
    return {set.normalised(indices), set.labels.index_select(0, indices)};
}

PictureBatch slice_batch(const LabelledPictures& set, int64_t first, int64_t count) {
    const torch::Tensor indices = torch::arange(first, first + count);
    return {set.normalised(indices), set.labels.index_select(0, indices)};
}

torch::Tensor stratified_log_sigma(int64_t count, double mean, double spread, at::Generator& generator) {
    const torch::Tensor jitter = torch::empty({count}, torch::kFloat32).uniform_(0, 1, generator);
    // a stride of 25 intervals (coprime to powers of two) spreads every part of the batch over all noise levels
    const torch::Tensor interval = (torch::arange(count, torch::kInt64) * 25).remainder(count);
    const torch::Tensor uniform = (interval.to(torch::kFloat32) + jitter) / static_cast<double>(count);
    const torch::Tensor normal = torch::erfinv(uniform.clamp(1e-6, 1 - 1e-6) * 2 - 1) * std::numbers::sqrt2;
    return normal * spread + mean;
}

}  // namespace drift
