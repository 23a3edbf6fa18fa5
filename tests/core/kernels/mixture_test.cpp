#include "core/kernels/mixture.h"

#include "core/kernels/mixture_oracle.h"
#include "support/instruction_sets.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>  // nested lists in torch::tensor

namespace drift::kernels {
namespace {

using test::MixtureData;
using test::numbers;

struct Outputs {
    torch::Tensor denoised, log_density, directions, vectors, component;
};

/// The grid whose sums are products of those over its lines, and the same component by component.
std::vector<MixtureData> grid_both_ways() {
    MixtureData plain = test::grid_mixture();
    plain.lines.reset();
    return {test::grid_mixture(), plain};
}

template <class T>
Outputs denoise(const MixtureData& mixture, double sigma, const torch::Tensor& x64, const torch::Tensor& rows,
                const torch::Tensor& w64, bool component = true) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const int64_t n = x64.size(0);
    const int64_t m = rows.size(0);
    const Mixture view = mixture.view();
    std::vector<T> coefficients(static_cast<size_t>(mixture_level_size(view, m)));
    const MixtureLevel<T> level =
        prepare_mixture_level(view, sigma, rows.const_data_ptr<double>(), m, coefficients.data());
    const torch::Tensor x = x64.to(type).contiguous();
    const torch::Tensor w = w64.to(type).contiguous();
    Outputs out{torch::empty_like(x), torch::empty({n}, torch::kFloat64), torch::empty({n, m, mixture.dims}, type),
                torch::empty_like(x), torch::empty({n}, torch::kInt32)};
    mixture_denoise(
        {}, level,
        {n, x.const_data_ptr<T>(), out.denoised.mutable_data_ptr<T>(), out.log_density.mutable_data_ptr<double>(),
         m > 0 ? out.directions.mutable_data_ptr<T>() : nullptr, w.const_data_ptr<T>(),
         out.vectors.mutable_data_ptr<T>(), component ? out.component.mutable_data_ptr<int32_t>() : nullptr});
    return out;
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kFloat64) - b.to(torch::kFloat64)).abs().max().item<double>();
}

/// Differences from the oracle, each relative to the size of what is compared.
template <class T>
void expect_oracle(const MixtureData& mixture, double sigma, const torch::Tensor& x, double tolerance) {
    const torch::Tensor rows = numbers({3, mixture.dims}, 91);
    const torch::Tensor w = numbers({x.size(0), mixture.dims}, 92);
    const test::MixtureOracle oracle = denoise_by_torch(mixture, sigma, x);
    const Outputs out = denoise<T>(mixture, sigma, x, rows, w);
    const double size = 1 + (sigma < 1 ? x.abs().max().item<double>() : 0);
    EXPECT_LT(largest_difference(out.denoised, oracle.denoised), tolerance * size);
    const torch::Tensor products = torch::einsum("nab,rb->nra", {oracle.jacobian, rows});
    const double largest = oracle.jacobian.abs().max().item<double>();
    EXPECT_LT(largest_difference(out.directions, products), 10 * tolerance * largest);
    EXPECT_LT(largest_difference(out.vectors, torch::einsum("nab,nb->na", {oracle.jacobian, w})),
              10 * tolerance * largest);
    EXPECT_LT(((out.log_density - oracle.log_density) / (1 + oracle.log_density.abs())).abs().max().item<double>(),
              tolerance * 3);
    if (sizeof(T) == 8) {
        EXPECT_TRUE(out.component.to(torch::kInt64).equal(oracle.component));
    }
}

torch::Tensor points(const MixtureData& mixture, double sigma, int64_t n, uint64_t seed) {
    return (4 + 3 * sigma) * numbers({n, mixture.dims}, seed);
}

TEST(MixtureDenoise, AgreesWithTheMaterialisedExpression) {
    for (const auto kind : {CovarianceKind::Scalar, CovarianceKind::Diagonal, CovarianceKind::Full}) {
        for (const int64_t dims : {1, 2, 3, 8}) {
            for (const double sigma : {0.02, 0.5, 3., 80.}) {
                SCOPED_TRACE(testing::Message()
                             << "kind " << static_cast<int>(kind) << " dims " << dims << " sigma " << sigma);
                const MixtureData mixture = test::random_mixture(5, dims, kind, 7);
                expect_oracle<double>(mixture, sigma, points(mixture, sigma, 101, 3), 1e-11);
                expect_oracle<float>(mixture, sigma,
                                     points(mixture, sigma, 101, 3).to(torch::kFloat32).to(torch::kFloat64), 2e-5);
            }
        }
    }
}

TEST(MixtureDenoise, AgreesOnTheGridOfSharedVariance) {
    for (const MixtureData& mixture : grid_both_ways()) {
        SCOPED_TRACE(mixture.lines ? "by lines" : "by components");
        for (const double sigma : {0., 0.02, 0.5, 3., 80.}) {
            SCOPED_TRACE(sigma);
            expect_oracle<double>(mixture, sigma, points(mixture, sigma, 333, 3), 1e-11);
            expect_oracle<float>(mixture, sigma, points(mixture, sigma, 333, 3).to(torch::kFloat32).to(torch::kFloat64),
                                 2e-5);
        }
    }
}

TEST(MixtureDenoise, HoldsInManyDimensions) {
    const MixtureData mixture = test::random_mixture(8, 80, CovarianceKind::Full, 17);
    expect_oracle<double>(mixture, 1.5, points(mixture, 1.5, 33, 3), 1e-10);
}

TEST(MixtureDenoise, KeepsTheJacobianAtExtremeNoiseInFloat) {
    for (const auto kind : {CovarianceKind::Scalar, CovarianceKind::Diagonal, CovarianceKind::Full}) {
        for (const double sigma : {1e-4, 1e4}) {
            SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(kind) << " sigma " << sigma);
            const MixtureData mixture = test::random_mixture(6, 2, kind, 11);
            const torch::Tensor x = points(mixture, sigma, 64, 5).to(torch::kFloat32).to(torch::kFloat64);
            const torch::Tensor rows = torch::eye(2, torch::kFloat64);
            const torch::Tensor jacobian = denoise_by_torch(mixture, sigma, x).jacobian;
            const Outputs out = denoise<float>(mixture, sigma, x, rows, x);
            const double largest = jacobian.abs().max().item<double>();
            EXPECT_LT(largest_difference(out.directions, jacobian), 2e-4 * largest);
            EXPECT_LT(largest_difference(out.denoised, denoise_by_torch(mixture, sigma, x).denoised), 2e-5);
        }
    }
}

TEST(MixtureDenoise, JacobianIsTheDerivativeOfTheDenoiser) {
    for (const auto kind : {CovarianceKind::Scalar, CovarianceKind::Diagonal, CovarianceKind::Full}) {
        const MixtureData mixture = test::random_mixture(4, 3, kind, 23);
        const double sigma = 1.3;
        const double step = 1e-5;
        const torch::Tensor x = points(mixture, sigma, 40, 9);
        const torch::Tensor rows = torch::eye(3, torch::kFloat64);
        const torch::Tensor w = numbers({40, 3}, 31);
        const Outputs at_x = denoise<double>(mixture, sigma, x, rows, w);
        const torch::Tensor ahead = denoise<double>(mixture, sigma, x + step * w, rows, w).denoised;
        const torch::Tensor behind = denoise<double>(mixture, sigma, x - step * w, rows, w).denoised;
        EXPECT_LT(largest_difference(at_x.vectors, (ahead - behind) / (2 * step)), 1e-8);
        EXPECT_LT(largest_difference(at_x.directions, at_x.directions.transpose(1, 2)), 1e-12);
        EXPECT_GE(torch::einsum("naa->n", {at_x.directions}).min().item<double>(), 0);
    }
}

TEST(MixtureDenoise, ScoreIsTheGradientOfTheLogDensity) {
    const MixtureData mixture = test::random_mixture(4, 3, CovarianceKind::Full, 29);
    const double sigma = 0.7;
    const double step = 1e-5;
    const torch::Tensor x = points(mixture, sigma, 40, 9);
    const torch::Tensor none = torch::empty({0, 3}, torch::kFloat64);
    const torch::Tensor w = numbers({40, 3}, 31);
    const torch::Tensor score = (denoise<double>(mixture, sigma, x, none, w).denoised - x) / (sigma * sigma);
    const torch::Tensor ahead = denoise<double>(mixture, sigma, x + step * w, none, w).log_density;
    const torch::Tensor behind = denoise<double>(mixture, sigma, x - step * w, none, w).log_density;
    EXPECT_LT(largest_difference((score * w).sum(1), (ahead - behind) / (2 * step)), 1e-7);
}

template <class T>
torch::Tensor score_of(const MixtureData& mixture, double sigma, const torch::Tensor& x64) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const Mixture view = mixture.view();
    std::vector<T> coefficients(static_cast<size_t>(mixture_level_size(view, 0)));
    const MixtureLevel<T> level = prepare_mixture_level<T>(view, sigma, nullptr, 0, coefficients.data());
    const torch::Tensor x = x64.to(type).contiguous();
    torch::Tensor score = torch::empty_like(x);
    MixtureTask<T> task;
    task.n = x.size(0);
    task.x = x.const_data_ptr<T>();
    task.score = score.data_ptr<T>();
    mixture_denoise({}, level, task);
    return score;
}

// Where there is no noise, (D - x) / sigma^2 is 0 / 0.
TEST(MixtureDenoise, ScoreIsTheGradientOfTheLogDensityWithoutNoise) {
    for (const CovarianceKind kind : {CovarianceKind::Scalar, CovarianceKind::Diagonal, CovarianceKind::Full}) {
        for (const int64_t dims : {1, 2, 3}) {
            const MixtureData mixture = test::random_mixture(4, dims, kind, 29);
            const torch::Tensor x = points(mixture, 0.3, 40, 9);
            const torch::Tensor w = numbers({40, dims}, 31);
            const double step = 1e-6;
            const torch::Tensor rows = torch::empty({0, dims}, torch::kFloat64);
            const torch::Tensor ahead = denoise<double>(mixture, 0, x + step * w, rows, w).log_density;
            const torch::Tensor behind = denoise<double>(mixture, 0, x - step * w, rows, w).log_density;
            const torch::Tensor score = score_of<double>(mixture, 0, x);
            const double size = 1 + score.abs().max().item<double>();
            EXPECT_LT(largest_difference((score * w).sum(1), (ahead - behind) / (2 * step)), 1e-6 * size);
            EXPECT_LT(largest_difference(score_of<float>(mixture, 0, x), score), 1e-4 * size);
            const torch::Tensor noisy = (denoise<double>(mixture, 0.7, x, rows, w).denoised - x) / 0.49;
            EXPECT_LT(largest_difference(score_of<double>(mixture, 0.7, x), noisy), 1e-9 * size);
        }
    }
}

TEST(MixtureDenoise, IsThePosteriorMeanAndCovariance) {
    // One dimension, by the trapezium rule over x0.
    const MixtureData mixture = test::random_mixture(3, 1, CovarianceKind::Scalar, 37);
    const double sigma = 0.9;
    const torch::Tensor x = points(mixture, sigma, 20, 9);
    const torch::Tensor grid = torch::linspace(-15, 15, 60001, torch::kFloat64).unsqueeze(1);
    const torch::Tensor prior = denoise_by_torch(mixture, 0, grid).log_density;
    const torch::Tensor weight = (prior - .5 * ((x - grid.t()) / sigma).square()).softmax(1);
    const torch::Tensor mean = weight.matmul(grid);
    const torch::Tensor variance = weight.matmul(grid.square()) - mean.square();
    const Outputs out = denoise<double>(mixture, sigma, x, torch::ones({1, 1}, torch::kFloat64), x);
    EXPECT_LT(largest_difference(out.denoised, mean), 1e-8);
    EXPECT_LT(largest_difference(out.directions.view({-1, 1}) * sigma * sigma, variance), 1e-7);
}

TEST(MixtureDenoise, FarFromEveryComponentFollowsTheNearest) {
    for (const auto kind : {CovarianceKind::Scalar, CovarianceKind::Full}) {
        const MixtureData mixture = test::random_mixture(5, 2, kind, 41);
        const torch::Tensor x = torch::tensor({{3e3, -2e3}, {-3e3, 1e3}}, torch::kFloat64);
        const test::MixtureOracle oracle = denoise_by_torch(mixture, .05, x);
        const Outputs out = denoise<float>(mixture, .05, x, torch::eye(2, torch::kFloat64), x);
        EXPECT_TRUE(torch::isfinite(out.denoised).all().item<bool>());
        EXPECT_TRUE(torch::isfinite(out.log_density).all().item<bool>());
        EXPECT_LT(largest_difference(out.denoised / 3e3, oracle.denoised / 3e3), 1e-5);
    }
}

// Far particles need a second pass over the components, which those in the same register of lanes must not notice;
// whoever asks for the nearest component gets it always.
TEST(MixtureDenoise, FarParticlesOfASharedVarianceFollowTheNearestWhoeverTheirNeighboursAre) {
    for (const MixtureData& mixture : grid_both_ways()) {
        SCOPED_TRACE(mixture.lines ? "by lines" : "by components");
        const torch::Tensor near = points(mixture, 1, 33, 3);
        torch::Tensor x = near.clone();
        x[5][0] = 3e3;
        x[20][1] = -2e3;
        const torch::Tensor rows = numbers({1, 2}, 91);
        const Outputs out = denoise<float>(mixture, .05, x, rows, x, false);
        const Outputs always = denoise<float>(mixture, .05, x, rows, x, true);
        const test::MixtureOracle oracle = denoise_by_torch(mixture, .05, x);
        EXPECT_TRUE(torch::equal(out.denoised[5], always.denoised[5]));
        EXPECT_TRUE(torch::equal(out.log_density[20], always.log_density[20]));
        EXPECT_LT(largest_difference(out.denoised / 3e3, oracle.denoised / 3e3), 1e-5);
        EXPECT_TRUE(torch::isfinite(out.log_density).all().item<bool>());
        EXPECT_TRUE(torch::isfinite(out.directions).all().item<bool>());
        const Outputs undisturbed = denoise<float>(mixture, .05, near, rows, near, false);
        for (const int64_t i : {4, 6, 19, 21}) {
            EXPECT_TRUE(torch::equal(out.denoised[i], undisturbed.denoised[i])) << i;
            EXPECT_TRUE(torch::equal(out.directions[i], undisturbed.directions[i])) << i;
        }
    }
}

TEST(MixtureDenoise, NonFiniteParticlesStayByThemselves) {
    std::vector<MixtureData> mixtures = grid_both_ways();
    mixtures.push_back(test::random_mixture(5, 2, CovarianceKind::Diagonal, 3));
    mixtures.push_back(test::random_mixture(5, 2, CovarianceKind::Full, 3));
    const torch::Tensor x = points(test::grid_mixture(), 1, 20, 3);
    torch::Tensor broken = x.clone();
    broken[7][0] = NAN;
    broken[9][1] = INFINITY;
    for (const MixtureData& other : mixtures) {
        const torch::Tensor rows = torch::eye(2, torch::kFloat64);
        const Outputs good = denoise<float>(other, 1, x, rows, x);
        const Outputs bad = denoise<float>(other, 1, broken, rows, x);
        for (const int64_t i : {0, 1, 2, 3, 4, 5, 6, 8, 10, 11, 19}) {
            EXPECT_TRUE(bad.denoised[i].equal(good.denoised[i]));
            EXPECT_TRUE(bad.directions[i].equal(good.directions[i]));
        }
        EXPECT_FALSE(torch::isfinite(bad.denoised[7]).all().item<bool>());
        EXPECT_FALSE(torch::isfinite(bad.denoised[9]).all().item<bool>());
    }
}

TEST(MixtureDenoise, IsTheSameForAnyNumberOfThreadsAndParticles) {
    for (const MixtureData& mixture : grid_both_ways()) {
        SCOPED_TRACE(mixture.lines ? "by lines" : "by components");
        const torch::Tensor x = points(mixture, 1, 5003, 3);
        const torch::Tensor rows = torch::eye(2, torch::kFloat64);
        const int threads = at::get_num_threads();
        at::set_num_threads(1);
        const Outputs one = denoise<float>(mixture, 1, x, rows, x);
        at::set_num_threads(3);
        const Outputs three = denoise<float>(mixture, 1, x, rows, x);
        at::set_num_threads(threads);
        EXPECT_TRUE(one.denoised.equal(three.denoised));
        EXPECT_TRUE(one.directions.equal(three.directions));
        EXPECT_TRUE(one.log_density.equal(three.log_density));
        const Outputs some = denoise<float>(mixture, 1, x.narrow(0, 0, 77), rows, x.narrow(0, 0, 77));
        EXPECT_TRUE(some.vectors.equal(one.vectors.narrow(0, 0, 77)));
    }
}

TEST(MixtureDenoise, EveryInstructionSetComputesTheSame) {
    std::vector<MixtureData> mixtures = grid_both_ways();
    mixtures.push_back(test::random_mixture(5, 4, CovarianceKind::Full, 3));
    for (const MixtureData& mixture : mixtures) {
        const torch::Tensor x = points(mixture, 1, 100, 3);
        const torch::Tensor rows = torch::eye(mixture.dims, torch::kFloat64);
        const Outputs best = denoise<double>(mixture, 1, x, rows, x);
        for (const CpuVectors most : test::instruction_sets) {
            const test::LimitedVectors these(most);
            const Outputs limited = denoise<double>(mixture, 1, x, rows, x);
            EXPECT_LT(largest_difference(best.denoised, limited.denoised), 1e-12);
            EXPECT_LT(largest_difference(best.directions, limited.directions), 1e-12);
            EXPECT_LT(largest_difference(best.log_density, limited.log_density), 1e-12);
        }
    }
}

TEST(MixtureLevel, RefusesACovarianceThatIsNotPositive) {
    MixtureData mixture = test::random_mixture(2, 2, CovarianceKind::Full, 3);
    mixture.covariances[1] = torch::tensor({{1., 2.}, {2., 1.}}, torch::kFloat64);
    const Mixture view = mixture.view();
    std::vector<double> coefficients(static_cast<size_t>(mixture_level_size(view, 0)));
    EXPECT_THROW(prepare_mixture_level(view, 0.1, nullptr, 0, coefficients.data()), std::domain_error);
    EXPECT_NO_THROW(prepare_mixture_level(view, 1.1, nullptr, 0, coefficients.data()));
}

TEST(MixtureLevel, ComponentsOfWeightZeroDoNotCount) {
    MixtureData mixture = test::grid_mixture();
    mixture.log_weights = mixture.log_weights.clone();
    mixture.log_weights[3] = -INFINITY;
    mixture.lines = product_of_lines(mixture.view());
    expect_oracle<double>(mixture, .5, points(mixture, .5, 50, 3), 1e-11);
}

}  // namespace
}  // namespace drift::kernels
