#include "core/metrics.h"

#include "support/problems.h"

namespace drift {
namespace {

torch::Tensor normals(int64_t n, int64_t d, uint64_t seed) {
    torch::Tensor x = torch::empty({n, d}, torch::kFloat64);
    Random{seed}.fill_normals(x, kernels::Purpose::Problem, 0);
    return x;
}

TEST(SlicedWasserstein, IsZeroForTheSameSetInAnyOrder) {
    const torch::Tensor x = normals(500, 3, 1);
    EXPECT_NEAR(sliced_wasserstein(x.flip(0), {}, x), 0, 1e-6);
}

TEST(SlicedWasserstein, OfAShiftIsItsMeanProjection) {
    // Along a direction u the distance of a shift s is |u . s|; its mean over the circle is 2 |s| / pi.
    const torch::Tensor x = normals(500, 2, 1);
    const torch::Tensor shift = torch::tensor({3.0, 0.0}, torch::kFloat64);
    EXPECT_NEAR(sliced_wasserstein(x + shift, {}, x), 3 * 2 / M_PI, 0.15);  // 128 directions: sd .08
}

TEST(SlicedWasserstein, CountsAWeightAsSoManyCopies) {
    const torch::Tensor x = normals(4, 2, 1);
    const torch::Tensor weights = torch::tensor({0.5, 0.25, 0.25, 0.0}, torch::kFloat64);
    const torch::Tensor copies = torch::stack({x[0], x[0], x[1], x[2]});
    const torch::Tensor reference = normals(64, 2, 2);
    EXPECT_NEAR(sliced_wasserstein(x, weights.log(), reference), sliced_wasserstein(copies, {}, reference), 1e-6);
}

TEST(SlicedWasserstein, IsNotDefinedForInfiniteParticles) {
    torch::Tensor x = normals(10, 2, 1);
    x[3][0] = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(std::isnan(sliced_wasserstein(x, {}, normals(10, 2, 2))));
}

// T23: rotating both sets turns the directions, not the distance; units scale it.
TEST(SlicedWasserstein, ScalesWithTheUnits) {
    const torch::Tensor x = normals(300, 2, 1);
    const torch::Tensor reference = normals(300, 2, 2);
    EXPECT_NEAR(sliced_wasserstein(5 * x, {}, 5 * reference), 5 * sliced_wasserstein(x, {}, reference), 1e-4);
    const torch::Tensor by = torch::tensor({10.0, -4.0}, torch::kFloat64);
    EXPECT_NEAR(sliced_wasserstein(x + by, {}, reference + by), sliced_wasserstein(x, {}, reference), 1e-5);
}

TEST(SlicedWasserstein, StopsWhenCancelled) {
    EXPECT_TRUE(std::isnan(sliced_wasserstein(normals(10, 2, 1), {}, normals(10, 2, 2), [] { return true; })));
}

TEST(ModeShares, PutParticlesToTheNearestModeAndCountTheLost) {
    const MixtureView modes{2, {0.5, 0.5}, {-3, 0, 3, 0}, {0.1, 0, 0, 0.1, 0.1, 0, 0, 0.1}};
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const ModeShares shares = mode_shares(modes, {-3, 0, -3.2F, 0.1F, 3, 0, 0.5F, 8, nan, 0}, {});
    EXPECT_NEAR(shares.share[0], 0.4, 1e-12);
    EXPECT_NEAR(shares.share[1], 0.4, 1e-12);
    EXPECT_NEAR(shares.off_manifold, 0.2, 1e-12);
    EXPECT_NEAR(shares.non_finite, 0.2, 1e-12);
    EXPECT_NEAR(mode_shares(modes, {-3, 0, 3, 0}, {0.9F, 0.1F}).share[0], 0.9, 1e-6);
}

TEST(DensityOnGrid, IntegratesToOne) {
    const MixtureView mixture{2, {0.3, 0.7}, {-1, 0, 1, 1}, {0.5, 0.1, 0.1, 0.2, 0.3, 0, 0, 0.3}};
    const GridBox box{-8, 8, -8, 8, 201, 201};
    double total = 0;
    for (const float density : density_on_grid(mixture, 0.5, box)) {
        total += static_cast<double>(density) * (16.0 / 200) * (16.0 / 200);
    }
    EXPECT_NEAR(total, 1, 1e-4);
}

}  // namespace
}  // namespace drift
