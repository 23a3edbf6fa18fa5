#include "core/nets/chunks.h"

#include "core/nets/trained.h"
#include "support/paths.h"

#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace drift {
namespace {

torch::Tensor rows(int64_t n) {
    return torch::sin(torch::arange(n * 3, torch::kFloat32)).view({n, 3});
}

torch::Tensor cube(const torch::Tensor& x) {
    return x * x * x;
}

TEST(Chunks, CoverEveryRowOnceWhateverTheNumber) {
    for (const int64_t n : {int64_t{1}, chunk_size, 3 * chunk_size + 1}) {
        const torch::Tensor x = rows(n);
        EXPECT_TRUE(torch::equal(in_chunks(cube, x), cube(x))) << n;
    }
}

TEST(Chunks, GiveResultsThatNeedNoGradientAndMayBeUsedAnywhere) {
    torch::Tensor y = in_chunks(cube, rows(5));
    EXPECT_FALSE(y.requires_grad());
    EXPECT_FALSE(y.is_inference());
}

TEST(Chunks, PullBackTheDerivative) {
    for (const int64_t n : {int64_t{11}, int64_t{600}}) {  // keeping the graphs, and computing them again
        const torch::Tensor x = rows(n);
        const torch::Tensor w = torch::cos(x);
        const ChunkedValue value = linearise_in_chunks(cube, x);
        EXPECT_TRUE(torch::equal(value.value, cube(x))) << n;
        EXPECT_LT((value.pullback(w) - w * 3 * x * x).abs().max().item<double>(), 1e-6) << n;
    }
}

TEST(Chunks, PullBackInsideInferenceModeAsWell) {
    const c10::InferenceMode inference;
    const torch::Tensor x = rows(3 * chunk_size);
    const ChunkedValue value = linearise_in_chunks(cube, x);
    EXPECT_LT((value.pullback(torch::ones_like(x)) - 3 * x * x).abs().max().item<double>(), 1e-6);
}

TEST(Chunks, ComputeInSinglePrecisionWhateverTheyAreGiven) {
    const torch::Tensor x = rows(chunk_size + 1).to(torch::kFloat64);
    const auto checked = [](const torch::Tensor& piece) {
        EXPECT_EQ(piece.scalar_type(), torch::kFloat32);
        return cube(piece);
    };
    EXPECT_EQ(in_chunks(checked, x).scalar_type(), torch::kFloat64);
    const ChunkedValue value = linearise_in_chunks(checked, x);
    EXPECT_EQ(value.value.scalar_type(), torch::kFloat64);
    const torch::Tensor back = value.pullback(torch::ones_like(x));
    EXPECT_EQ(back.scalar_type(), torch::kFloat64);
    EXPECT_LT((back - 3 * x * x).abs().max().item<double>(), 1e-5);
}

TEST(Chunks, MayChangeTheShapeOfARow) {
    const torch::Tensor x = rows(2 * chunk_size + 3);
    const auto sum = [](const torch::Tensor& piece) { return piece.sum(1); };
    EXPECT_EQ(in_chunks(sum, x).sizes(), (std::vector<int64_t>{x.size(0)}));
    const ChunkedValue value = linearise_in_chunks(sum, x);
    EXPECT_TRUE(torch::equal(value.pullback(torch::ones_like(value.value)), torch::ones_like(x)));
}

/// Pictures somewhere between grey and noise.
torch::Tensor pictures(int64_t n) {
    return torch::sin(torch::arange(n * 28 * 28, torch::kFloat32) * 0.37F).view({n, 1, 28, 28});
}

/// Values and derivatives of f with this many rows to a piece.
std::pair<torch::Tensor, torch::Tensor> in_pieces(const ChunkFunction& f, const torch::Tensor& x, int64_t rows) {
    const ChunkedValue at_x = linearise_in_chunks(f, x, rows);
    EXPECT_TRUE(torch::equal(at_x.value, in_chunks(f, x, rows)));
    return {at_x.value, at_x.pullback(torch::cos(at_x.value))};
}

double apart(const torch::Tensor& a, const torch::Tensor& b) {
    return ((a - b).abs().max() / b.abs().max()).item<double>();
}

// T24 with networks. How a convolution orders its sums is its own affair and depends on the shape of a piece: pieces of
// other sizes agree to rounding, which is why the size is pinned, and for that size nothing depends on the rest.
TEST(Chunks, OfAnySizeSeeTheSameInTheShippedNetworks) {
    const auto weights = test::source_dir() / "assets/weights";
    const TrainedDenoiser denoiser(weights / "fashion_diffusion.weights");
    const Classifier classifier = read_classifier(weights / "fashion_classifier.weights");
    const std::vector<ChunkFunction> networks{[&](const torch::Tensor& x) {
                                                  const torch::Tensor labels = torch::full(
                                                      {x.size(0)}, denoiser.config().classes, torch::kInt64);
                                                  return denoiser.denoise(x, 0.5, labels);
                                              },
                                              [&](const torch::Tensor& x) { return classifier.log_probabilities(x); }};
    const torch::Tensor x = pictures(11);
    for (const ChunkFunction& network : networks) {
        const auto [value, derivative] = in_pieces(network, x, chunk_size);
        for (const int64_t rows : {1, 3, 11, 16}) {
            const auto [other_value, other_derivative] = in_pieces(network, x, rows);
            EXPECT_LT(apart(other_value, value), 1e-5) << rows;
            EXPECT_LT(apart(other_derivative, derivative), 1e-4) << rows;
        }
        const auto [first, first_derivative] = in_pieces(network, x.narrow(0, 0, 5), chunk_size);
        EXPECT_TRUE(torch::equal(first, value.narrow(0, 0, 5)));
        EXPECT_TRUE(torch::equal(first_derivative, derivative.narrow(0, 0, 5)));
    }
}

}  // namespace
}  // namespace drift
