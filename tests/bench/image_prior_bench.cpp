// The image prior: one evaluation of 64 pictures in the settings that were tried, its backward pass, and how good the
// shipped weights are.

#include "core/data/idx.h"
#include "core/nets/chunks.h"
#include "core/nets/frechet.h"
#include "core/random.h"

#include "bench/bench.h"

#include <c10/core/InferenceMode.h>

#include <cstdio>

namespace drift::bench {
namespace {

constexpr int64_t pictures = 64;

/// A network with the shipped architecture; speed does not depend on the numbers in it.
TrainedDenoiser denoiser(torch::ScalarType type = torch::kFloat32) {
    Unet net{UnetConfig{}};
    net.parameters().bind(net.parameters().initial_values(1).to(type));
    return {std::move(net), 0.33};
}

torch::Tensor noise() {
    return torch::sin(torch::arange(pictures * 784, torch::kFloat32)).view({pictures, 1, 28, 28});
}

torch::Tensor labels(int64_t count) {
    return torch::zeros({count}, torch::kInt64);
}

void print_time(const char* what, const std::function<void()>& call) {
    std::printf("  %-52s %8.1f ms\n", what, 1e3 * seconds(call));
}

void evaluate_whole_batch(const char* what, bool inference, torch::ScalarType type) {
    const TrainedDenoiser net = denoiser(type);
    const torch::Tensor x = noise();
    const torch::Tensor label = labels(pictures);
    const at::NoGradGuard no_gradients;
    print_time(what, [&] {
        const c10::InferenceMode mode(inference);
        net.denoise(x, 1, label);
    });
}

void measure_times() {
    const TrainedDenoiser net = denoiser();
    const torch::Tensor x = noise();
    const torch::Tensor label = labels(chunk_size);
    const ChunkFunction f = [&](const torch::Tensor& piece) { return net.denoise(piece, 1, label); };
    print_time("64 pictures in chunks across threads (used)", [&] { in_chunks(f, x); });
    evaluate_whole_batch("64 pictures in one batch, float32", false, torch::kFloat32);
    evaluate_whole_batch("the same in inference mode", true, torch::kFloat32);
    evaluate_whole_batch("64 pictures in one batch, bfloat16", false, torch::kBFloat16);
    evaluate_whole_batch("the same in inference mode", true, torch::kBFloat16);
    print_time("chunks, and the gradient with respect to the input", [&] { linearise_in_chunks(f, x).pullback(x); });
}

void measure_quality() {
    constexpr int64_t count = 5000;
    const LabelledPictures train = read_fashion_mnist(fashion_mnist_folder, "train");
    const LabelledPictures test = read_fashion_mnist(fashion_mnist_folder, "t10k");
    const Classifier judge = read_classifier(find_weights("weights", "fashion_classifier.weights", ""));
    const TrainedDenoiser net(find_weights("weights", "fashion_diffusion.weights", ""));
    const auto features = [&](const LabelledPictures& set) {
        return picture_features(judge, set.normalised(torch::arange(count)));
    };
    const torch::Tensor real = features(train);
    torch::Tensor white = torch::empty({count, 1, 28, 28});
    Random{1}.fill_normals(white, kernels::Purpose::Metric, 0);
    const auto print = [&](const char* what, const torch::Tensor& of) {
        std::printf("  %-52s %8.2f\n", what, frechet_distance(of, real));
    };
    print("held-out pictures", features(test));
    print("noise", picture_features(judge, white.clamp(-1, 1)));
    print("the prior, 24 steps", picture_features(judge, sample_prior(net, count, 24, 1)));
}

const Section times("Image prior: one evaluation", measure_times);
const Section quality("Image prior: Frechet distance of 5,000 pictures to real ones (takes minutes)", measure_quality);

}  // namespace
}  // namespace drift::bench
