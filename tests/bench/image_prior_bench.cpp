// The image prior: one evaluation of 64 pictures in the settings that were tried, its backward pass, and how good the
// shipped weights are.

#include "core/data/idx.h"
#include "core/nets/chunks.h"
#include "core/nets/frechet.h"
#include "core/random.h"

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <filesystem>

namespace drift {
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

void evaluate_in_chunks(benchmark::State& state) {
    const TrainedDenoiser net = denoiser();
    const torch::Tensor x = noise(), label = labels(chunk_size);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            in_chunks([&](const torch::Tensor& piece) { return net.denoise(piece, 1, label); }, x));
    }
}

void evaluate_whole_batch(benchmark::State& state) {
    const bool inference = state.range(0) == 1;
    const TrainedDenoiser net = denoiser(state.range(1) == 1 ? torch::kBFloat16 : torch::kFloat32);
    const torch::Tensor x = noise(), label = labels(pictures);
    const at::NoGradGuard no_gradients;
    for (auto _ : state) {
        const c10::InferenceMode mode(inference);
        benchmark::DoNotOptimize(net.denoise(x, 1, label));
    }
}

void evaluate_and_pull_back(benchmark::State& state) {
    const TrainedDenoiser net = denoiser();
    const torch::Tensor x = noise(), label = labels(chunk_size);
    for (auto _ : state) {
        const auto f = [&](const torch::Tensor& piece) { return net.denoise(piece, 1, label); };
        benchmark::DoNotOptimize(linearise_in_chunks(f, x).pullback(x));
    }
}

void quality_of_the_shipped_weights(benchmark::State& state) {
    constexpr int64_t count = 5000;
    for (auto _ : state) {
        const LabelledPictures train = read_fashion_mnist(fashion_mnist_folder, "train");
        const LabelledPictures test = read_fashion_mnist(fashion_mnist_folder, "t10k");
        const Classifier judge = read_classifier(find_weights("weights", "fashion_classifier.weights", ""));
        const TrainedDenoiser net(find_weights("weights", "fashion_diffusion.weights", ""));
        const auto features = [&](const LabelledPictures& set) {
            return picture_features(judge, set.normalised(torch::arange(count)));
        };
        const torch::Tensor real = features(train);
        torch::Tensor white = torch::empty({count, 1, 28, 28});
        Random{1}.fill_normals(white, kernels::Purpose::metric, 0);
        state.counters["prior"] = frechet_distance(picture_features(judge, sample_prior(net, count, 24, 1)), real);
        state.counters["held_out"] = frechet_distance(features(test), real);
        state.counters["noise"] = frechet_distance(picture_features(judge, white.clamp(-1, 1)), real);
    }
}

BENCHMARK(evaluate_in_chunks)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(evaluate_whole_batch)
    ->ArgNames({"inference", "bfloat16"})
    ->ArgsProduct({{0, 1}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(evaluate_and_pull_back)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(quality_of_the_shipped_weights)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace drift
