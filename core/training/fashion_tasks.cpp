#include "core/training/fashion_tasks.h"

#include "core/nets/architecture_json.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/cpu/Utils.h>

#include <cmath>
#include <utility>

namespace drift {
namespace {

constexpr double log_sigma_mean = -0.8;   // P_mean, for sigma_data = 0.57
constexpr double log_sigma_spread = 1.4;  // P_std: wide enough for the sigma_max = 20 of the schedules
constexpr double unlabelled_share = 0.15;
constexpr int64_t validation_pictures = 1024;
constexpr int64_t validation_batch = 64;
constexpr uint64_t validation_seed = 7;

torch::Tensor per_picture(const torch::Tensor& values) {
    return values.view({-1, 1, 1, 1});
}

/// Pictures, labels, ln(sigma), standard normal noise.
FitBatch noised(const torch::Tensor& pictures, const torch::Tensor& labels, at::Generator& generator) {
    torch::Tensor log_sigma = stratified_log_sigma(pictures.size(0), log_sigma_mean, log_sigma_spread, generator);
    return {pictures, labels, std::move(log_sigma), torch::empty_like(pictures).normal_(0, 1, generator)};
}

}  // namespace

DiffusionTask::DiffusionTask(const PictureData& data, const UnetConfig& config, int64_t batch, std::string origin)
    : data_(data), nets_{Unet(config), Unet(config)}, batch_(batch), origin_(std::move(origin)) {}

FitBatch DiffusionTask::draw(at::Generator& generator) const {
    const PictureBatch batch = draw_batch(data_.train, batch_, generator);
    const torch::Tensor dropped = torch::empty({batch_}, torch::kFloat32).uniform_(0, 1, generator) < unlabelled_share;
    return noised(batch.pictures, batch.labels.masked_fill(dropped, nets_[0].config().classes), generator);
}

torch::Tensor DiffusionTask::loss(int64_t replica, const FitBatch& part) const {
    const double v = data_.variance;
    const torch::Tensor& x0 = part[0];
    const torch::Tensor sigma = per_picture(part[2].exp());
    const torch::Tensor total = sigma.square() + v;
    const torch::Tensor x = x0 + sigma * part[3];
    // (x0 - c_skip x) / c_out: with it, lambda(sigma) |D - x0|^2 is the plain square error of F
    const torch::Tensor target = (x0 - x * (v / total)) / (sigma * (v / total).sqrt());
    return at::mse_loss(nets_[replica].forward(x * total.rsqrt(), part[2] / 4, part[1]), target);
}

double DiffusionTask::validation_loss() const {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(validation_seed);
    double sum = 0;
    for (int64_t first = 0; first < validation_pictures; first += validation_batch) {
        const PictureBatch batch = slice_batch(data_.held_out, first, validation_batch);
        sum += loss(0, noised(batch.pictures, batch.labels, generator)).item<double>();
    }
    return sum * validation_batch / validation_pictures;
}

bool DiffusionTask::half_precision() const {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find("avx512_bf16");
    return found != capabilities.end() && found->second.toBool();
}

nlohmann::json DiffusionTask::description() const {
    return {{"fit", "fashion-diffusion"},
            {"architecture", to_json(nets_[0].config())},
            {"variance", data_.variance},
            {"parameters", nets_[0].parameters().count()},
            {"batch", batch_},
            {"log_sigma", {log_sigma_mean, log_sigma_spread}},
            {"made_by", origin_}};
}

ClassifierTask::ClassifierTask(const PictureData& data, const ClassifierConfig& config, int64_t batch,
                               std::string origin)
    : data_(data), nets_{Classifier(config), Classifier(config)}, batch_(batch), origin_(std::move(origin)) {}

FitBatch ClassifierTask::draw(at::Generator& generator) const {
    const PictureBatch batch = draw_batch(data_.train, batch_, generator);
    // sigma = max(0, N(0, 0.35^2)): half of the pictures stay clean
    const torch::Tensor sigma = torch::empty({batch_}, torch::kFloat32).normal_(0, 0.35, generator).clamp_min_(0);
    const torch::Tensor noise = torch::empty_like(batch.pictures).normal_(0, 1, generator);
    return {batch.pictures + per_picture(sigma) * noise, batch.labels};
}

torch::Tensor ClassifierTask::loss(int64_t replica, const FitBatch& part) const {
    return at::nll_loss(nets_[replica].log_probabilities(part[0]), part[1]);
}

double ClassifierTask::validation_loss() const {
    double sum = 0;
    const int64_t count = data_.held_out.size() - data_.held_out.size() % validation_batch;
    for (int64_t first = 0; first < count; first += validation_batch) {
        const PictureBatch batch = slice_batch(data_.held_out, first, validation_batch);
        sum += loss(0, {batch.pictures, batch.labels}).item<double>();
    }
    return sum * validation_batch / static_cast<double>(count);
}

nlohmann::json ClassifierTask::description() const {
    return {{"fit", "fashion-classifier"},
            {"architecture", to_json(nets_[0].config())},
            {"variance", data_.variance},
            {"parameters", nets_[0].parameters().count()},
            {"batch", batch_},
            {"made_by", origin_}};
}

}  // namespace drift
