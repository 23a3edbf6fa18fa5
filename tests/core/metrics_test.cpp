#include "core/metrics.h"

#include "support/problems.h"

#include <ATen/Parallel.h>
#include <torch/types.h>  // nested lists in torch::tensor

#include <numbers>

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

// trained_samplers.md 6.7: of N(0, I) and N((1, 0), I) along a direction u it is |u . s|, whose mean square is |s|^2 /
// d = .5; along the shift it is the distance itself, 1.
TEST(SlicedWasserstein, OfAShiftHasTheMeanSquareOfTheTable) {
    const torch::Tensor shift = torch::tensor({1.0, 0.0}, torch::kFloat64);
    const torch::Tensor x = normals(20'000, 2, 1), y = normals(20'000, 2, 2) + shift;
    double squares = 0;
    for (int i = 0; i < 16; ++i) {  // evenly around: those of the code are drawn
        const double angle = M_PI * (i + 0.5) / 16;
        const torch::Tensor along = torch::tensor({{std::cos(angle), std::sin(angle)}}, torch::kFloat64);
        squares += std::pow(sliced_wasserstein_along(along, x, {}, y), 2) / 16;
    }
    EXPECT_NEAR(squares, 0.5, 4 * std::sqrt(2.0 / 20'000));
    EXPECT_NEAR(sliced_wasserstein_along(shift.unsqueeze(0), x, {}, y), 1, 4 * std::sqrt(2.0 / 20'000));
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
TEST(SlicedWasserstein, MovesWithTheData) {
    const torch::Tensor x = normals(300, 3, 1);
    const torch::Tensor reference = normals(250, 3, 2);
    const torch::Tensor weights = normals(300, 1, 3).flatten().log_softmax(0);
    const double before = sliced_wasserstein(x, weights, reference);
    EXPECT_NEAR(sliced_wasserstein(5 * x, weights, 5 * reference), 5 * before, 1e-9);
    const torch::Tensor by = torch::tensor({10.0, -4.0, 2.0}, torch::kFloat64);
    EXPECT_NEAR(sliced_wasserstein(x + by, weights, reference + by), before, 1e-9);
    const torch::Tensor turn = std::get<0>(at::linalg_qr(normals(3, 3, 4)));
    EXPECT_NEAR(
        sliced_wasserstein_along(slicing_directions(3).matmul(turn), x.matmul(turn), weights, reference.matmul(turn)),
        before, 1e-9);
    EXPECT_GT(std::abs(sliced_wasserstein(x.matmul(turn), weights, reference.matmul(turn)) - before), 1e-6);
}

TEST(SlicedWasserstein, StopsWhenCancelled) {
    EXPECT_TRUE(std::isnan(sliced_wasserstein(normals(10, 2, 1), {}, normals(10, 2, 2), [] { return true; })));
}

// By hand: E|X-Y| = 2, E|Y-Y'| = 1, and l = 2.
TEST(PairDistances, OfAFewPointsAreTheirDefinition) {
    const torch::Tensor x = torch::zeros({1, 1}, torch::kFloat64);
    const torch::Tensor y = torch::tensor({{1.0}, {3.0}}, torch::kFloat64);
    const PairDistances measured = pair_distances(x, {}, y);
    EXPECT_NEAR(measured.energy, 2 * 2 - 0 - 1, 1e-12);
    const double within = 0.5 * (1 + std::exp(-0.5));
    EXPECT_NEAR(measured.mmd, std::sqrt(1 + within - std::exp(-1.0 / 8) - std::exp(-9.0 / 8)), 1e-12);
}

TEST(PairDistances, AreThePlainMeansOverAllPairs) {
    const torch::Tensor x = 1.5 * normals(300, 3, 1);
    const torch::Tensor y = normals(400, 3, 2);
    const torch::Tensor log_weights = normals(300, 1, 3).squeeze(1).log_softmax(0);
    const torch::Tensor w = log_weights.exp();
    const torch::Tensor v = torch::full({400}, 1.0 / 400, torch::kFloat64);
    const auto mean = [](const torch::Tensor& a, const torch::Tensor& f, const torch::Tensor& b) {
        return a.dot(f.matmul(b)).item<double>();
    };
    const torch::Tensor across = at::cdist(x, y, 2.0, 2);
    const torch::Tensor within = at::cdist(x, x, 2.0, 2);
    const torch::Tensor beyond = at::cdist(y, y, 2.0, 2);
    const torch::Tensor apart = (y.slice(0, 1) - y.slice(0, 0, -1)).norm(2, 1);
    const double l = apart.median().item<double>();
    const auto kernel = [l](const torch::Tensor& r) { return (r.square() / (-2 * l * l)).exp(); };
    const PairDistances measured = pair_distances(x, log_weights, y);
    EXPECT_NEAR(measured.energy, 2 * mean(w, across, v) - mean(w, within, w) - mean(v, beyond, v), 1e-10);
    const double squared = mean(w, kernel(within), w) + mean(v, kernel(beyond), v) - 2 * mean(w, kernel(across), v);
    EXPECT_NEAR(measured.mmd, std::sqrt(squared), 1e-8);
}

TEST(PairDistances, AreZeroForTheSameSetAndCountAWeightAsSoManyCopies) {
    const torch::Tensor x = normals(4, 2, 1);
    const torch::Tensor weights = torch::tensor({0.5, 0.25, 0.25, 0.0}, torch::kFloat64);
    const torch::Tensor copies = torch::stack({x[0], x[0], x[1], x[2]});
    EXPECT_NEAR(pair_distances(x.flip(0), {}, x).energy, 0, 1e-12);
    EXPECT_NEAR(pair_distances(x.flip(0), {}, x).mmd, 0, 1e-6) << "a root of rounding errors";
    const torch::Tensor reference = normals(64, 2, 2);
    EXPECT_NEAR(pair_distances(x, weights.log(), reference).energy, pair_distances(copies, {}, reference).energy,
                1e-12);
    EXPECT_NEAR(pair_distances(x, weights.log(), reference).mmd, pair_distances(copies, {}, reference).mmd, 1e-9);
}

// Of N(0, 1) and N(s, 1): 2 E|N(s, 2)| - 4 / sqrt(pi).
TEST(PairDistances, OfAShiftIsThatOfTheDistributions) {
    const double s = 1.5;
    const double between = 2 / std::sqrt(M_PI) * std::exp(-s * s / 4) + s * std::erf(s / 2);
    const PairDistances measured = pair_distances(normals(1024, 1, 1) + s, {}, normals(1024, 1, 2));
    // Each mean distance has a standard error below 1.5 / sqrt(1024), and they share their points.
    EXPECT_NEAR(measured.energy, 2 * between - 4 / std::sqrt(M_PI), 4 * 0.05);
}

/// mmd^2 of N(0, I) and N((1, 0), I) in the plane, for a kernel of width l.
double mmd_of_unit_shift(double l) {
    const double s = l * l;
    return 2 * s / (s + 2) * (1 - std::exp(-1 / (2 * (s + 2))));
}

// trained_samplers.md 6.7, whose l is 1; here it is the median distance of two points, sqrt(2) sqrt(2 ln 2). All pairs
// count, a point with itself as well: (1 - E k) / n more from either set.
TEST(PairDistances, HaveTheMeanDiscrepancyOfTheTable) {
    EXPECT_NEAR(mmd_of_unit_shift(1), 0.1023455, 1e-7);
    constexpr int64_t n = 1000;
    const double l = 2 * std::sqrt(std::numbers::ln2);
    const double expected = mmd_of_unit_shift(l) + 2 * (1 - l * l / (l * l + 2)) / n;
    const torch::Tensor shift = torch::tensor({1.0, 0.0}, torch::kFloat64);
    std::vector<double> squares;
    for (uint64_t seed = 1; seed <= 60; seed += 2) {
        squares.push_back(std::pow(pair_distances(normals(n, 2, seed) + shift, {}, normals(n, 2, seed + 1)).mmd, 2));
    }
    const test::Repeated measured = test::repeated(squares);
    EXPECT_NEAR(measured.mean, expected, 4 * measured.error) << "+- " << measured.error;
    EXPECT_LT(measured.error, 0.02 * expected) << "so few say nothing";
}

// T23: energy is a length, the discrepancy has no unit.
TEST(PairDistances, MoveWithTheData) {
    const torch::Tensor x = normals(300, 3, 1) + 0.3;
    const torch::Tensor reference = normals(250, 3, 2);
    const torch::Tensor weights = normals(300, 1, 3).flatten().log_softmax(0);
    const torch::Tensor by = torch::tensor({10.0, -4.0, 2.0}, torch::kFloat64);
    const torch::Tensor turn = std::get<0>(at::linalg_qr(normals(3, 3, 4)));
    const PairDistances before = pair_distances(x, weights, reference);
    const PairDistances larger = pair_distances(5 * x, weights, 5 * reference);
    const PairDistances elsewhere = pair_distances(x + by, weights, reference + by);
    const PairDistances turned = pair_distances(x.matmul(turn), weights, reference.matmul(turn));
    EXPECT_NEAR(larger.energy, 5 * before.energy, 1e-9);
    EXPECT_NEAR(elsewhere.energy, before.energy, 1e-9);
    EXPECT_NEAR(turned.energy, before.energy, 1e-9);
    for (const PairDistances& after : {larger, elsewhere, turned}) {
        EXPECT_NEAR(after.mmd, before.mmd, 1e-9);
    }
}

TEST(PairDistances, AreTheSameForAnyNumberOfThreads) {
    const torch::Tensor x = normals(3000, 2, 1);
    const torch::Tensor log_weights = normals(3000, 1, 3).squeeze(1).log_softmax(0);
    const int before = at::get_num_threads();
    at::set_num_threads(1);
    const PairDistances one = pair_distances(x, log_weights, normals(3000, 2, 2));
    at::set_num_threads(3);
    const PairDistances three = pair_distances(x, log_weights, normals(3000, 2, 2));
    at::set_num_threads(before);
    EXPECT_EQ(one.mmd, three.mmd);
    EXPECT_EQ(one.energy, three.energy);
}

TEST(PairDistances, AreNotDefinedForInfiniteParticlesNorWhenCancelled) {
    torch::Tensor x = normals(10, 2, 1);
    const PairDistances stopped = pair_distances(x, {}, normals(10, 2, 2), [] { return true; });
    EXPECT_TRUE(std::isnan(stopped.mmd) && std::isnan(stopped.energy));
    x[3][0] = std::numeric_limits<double>::infinity();
    const PairDistances infinite = pair_distances(x, {}, normals(10, 2, 2));
    EXPECT_TRUE(std::isnan(infinite.mmd) && std::isnan(infinite.energy));
}

TEST(Representatives, AreAsManyAsTheWeightsSay) {
    EXPECT_EQ(representatives({0.5, 0, 0.25, 0.25}, 4), (std::vector<int64_t>{0, 0, 2, 3}));
    EXPECT_EQ(representatives({1, 1, 1, 1, 1, 1}, 3), (std::vector<int64_t>{1, 3, 5}));
    EXPECT_EQ(representatives({0, 1e-300, 0}, 2), (std::vector<int64_t>{1, 1}));
    EXPECT_EQ(representatives({0, 1e-310, 0}, 2), (std::vector<int64_t>{1, 1}));
    EXPECT_TRUE(representatives({0, 0}, 2).empty());
    const std::vector<int64_t> rows = representatives({0.3, 0.1, 0.6}, 1000);
    ASSERT_EQ(rows.size(), 1000);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(rows, 2)), 600, 1);
}

TEST(DistanceToExact, HasTheFloorOfTwoExactSetsOfTheSameSize) {
    const GaussianMixture exact{torch::tensor({0.3, 0.7}, torch::kFloat64),
                                torch::tensor({{-2.0, 0.0}, {2.0, 1.0}}, torch::kFloat64),
                                torch::tensor({0.5, 0.2}, torch::kFloat64), CovarianceKind::Scalar};
    const int64_t n = 1500;
    const torch::Tensor draws = exact.sample(2 * n, measuring, kernels::Purpose::Metric);
    const torch::Tensor fresh = exact.sample(n, {5}, kernels::Purpose::Problem);
    const DistanceToExact good = distance_to_exact(fresh, {}, draws);
    const DistanceToExact off = distance_to_exact(fresh + 0.5, {}, draws);
    EXPECT_GT(good.mmd_floor, 0);
    EXPECT_GT(good.energy_floor, 0);
    EXPECT_EQ(good.mmd_floor, off.mmd_floor);
    EXPECT_EQ(good.energy_floor, off.energy_floor);
    EXPECT_LT(good.mmd, 3 * good.mmd_floor);
    EXPECT_LT(good.energy, 6 * good.energy_floor) << "which is a square";
    EXPECT_GT(off.mmd, 4 * off.mmd_floor);
    EXPECT_GT(off.energy, 10 * off.energy_floor);
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

// T23: what counts are distances in units of each mode. A quarter of a turn, a shift and twice the size.
TEST(ModeShares, MoveWithTheData) {
    const MixtureView modes{2, {0.5, 0.5}, {-1, 0, 1, 0.5}, {0.4, 0.1, 0.1, 0.2, 0.3, 0, 0, 0.6}};
    const MixtureView moved{2, {0.5, 0.5}, {3, -6, 2, -2}, {0.8, -0.4, -0.4, 1.6, 2.4, 0, 0, 1.2}};
    const torch::Tensor points = 2 * normals(2000, 2, 1);
    std::vector<float> x, weights, moved_x;
    for (int64_t i = 0; i < points.size(0); ++i) {
        const double a = points[i][0].item<double>(), b = points[i][1].item<double>();
        x.insert(x.end(), {static_cast<float>(a), static_cast<float>(b)});
        moved_x.insert(moved_x.end(), {static_cast<float>(3 - 2 * b), static_cast<float>(2 * a - 4)});
        weights.push_back(static_cast<float>(1 + i % 3) / 4000);
    }
    const ModeShares before = mode_shares(modes, x, weights);
    const ModeShares after = mode_shares(moved, moved_x, weights);
    EXPECT_GT(before.off_manifold, 0);
    EXPECT_NEAR(after.off_manifold, before.off_manifold, 1e-9);
    for (size_t j = 0; j < 2; ++j) {
        EXPECT_GT(before.share[j], 0.1);
        EXPECT_NEAR(after.share[j], before.share[j], 1e-9);
    }
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
