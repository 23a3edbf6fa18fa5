#include "core/nets/chunks.h"

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

}  // namespace
}  // namespace drift
