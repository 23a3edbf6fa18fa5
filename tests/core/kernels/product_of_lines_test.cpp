#include "core/kernels/product_of_lines.h"

#include "core/kernels/mixture_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace drift::kernels {
namespace {

using test::MixtureData;
using test::numbers;

/// Modes on all pairs of columns and rows, the weight of each a number of its column times one of its row.
MixtureData uneven_grid(int64_t columns, int64_t rows) {
    const torch::Tensor x = 5 * numbers({columns}, 1);
    const torch::Tensor y = 5 * numbers({rows}, 2);
    const torch::Tensor means = torch::stack({x.repeat_interleave(rows), y.repeat({columns})}, 1).contiguous();
    const torch::Tensor log_weights =
        (numbers({columns}, 3).log_softmax(0).unsqueeze(1) + numbers({rows}, 4).log_softmax(0)).flatten().contiguous();
    MixtureData mixture{columns * rows, 2,     CovarianceKind::Scalar,
                        log_weights,    means, torch::full({columns * rows}, .2, torch::kFloat64)};
    return mixture;
}

struct Outputs {
    torch::Tensor denoised, directions, vectors, log_density;
    int64_t line_pairs;
};

template <class T>
Outputs denoise(const MixtureData& mixture, double sigma, const torch::Tensor& x64) {
    const torch::Tensor rows = numbers({2, 2}, 91);
    const Mixture view = mixture.view();
    std::vector<T> coefficients(static_cast<size_t>(mixture_level_size(view, 2)));
    const MixtureLevel<T> level =
        prepare_mixture_level(view, sigma, rows.const_data_ptr<double>(), 2, coefficients.data());
    const auto type = torch::CppTypeToScalarType<T>::value;
    const torch::Tensor x = x64.to(type);
    const torch::Tensor w = numbers({x.size(0), 2}, 92).to(type);
    Outputs out{torch::empty_like(x), torch::empty({x.size(0), 2, 2}, type), torch::empty_like(x),
                torch::empty({x.size(0)}, torch::kFloat64), level.line_pairs};
    MixtureTask<T> task;
    task.n = x.size(0);
    task.x = x.const_data_ptr<T>();
    task.denoised = out.denoised.mutable_data_ptr<T>();
    task.log_density = out.log_density.mutable_data_ptr<double>();
    task.jacobian_directions = out.directions.mutable_data_ptr<T>();
    task.vectors = w.const_data_ptr<T>();
    task.jacobian_vectors = out.vectors.mutable_data_ptr<T>();
    mixture_denoise({}, level, task);
    return out;
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kFloat64) - b.to(torch::kFloat64)).abs().max().item<double>();
}

TEST(ProductOfLines, IsFoundOnAGridOfEqualWeights) {
    const MixtureData grid = test::grid_mixture();
    const auto product = product_of_lines(grid.view());
    ASSERT_TRUE(product.has_value());
    EXPECT_EQ(product->pairs(), 5);
    for (const LineMixture& line : product->line) {
        EXPECT_EQ(line.means, (std::vector<double>{-8, -4, 0, 4, 8}));
        EXPECT_EQ(line.log_weights, (std::vector<double>(5, 0.)));
    }
}

TEST(ProductOfLines, MultipliesUpToTheWeightsOfItsCells) {
    const MixtureData grid = uneven_grid(4, 7);
    const auto product = product_of_lines(grid.view());
    ASSERT_TRUE(product.has_value());
    EXPECT_EQ(product->pairs(), 7);
    const double largest = grid.log_weights.max().item<double>();
    for (int64_t j = 0; j < grid.components; ++j) {
        double log_weight = largest;
        for (int k = 0; k < 2; ++k) {
            const LineMixture& line = product->line[k];
            const auto place = std::find(line.means.begin(), line.means.end(), grid.means[j][k].item<double>());
            ASSERT_NE(place, line.means.end());
            log_weight += line.log_weights[static_cast<size_t>(place - line.means.begin())];
        }
        EXPECT_NEAR(log_weight, grid.log_weights[j].item<double>(), 1e-12);
    }
}

TEST(ProductOfLines, IsNotSeenWhereThereIsNone) {
    const auto found = [](const MixtureData& mixture) { return product_of_lines(mixture.view()).has_value(); };
    ASSERT_TRUE(found(uneven_grid(3, 3)));
    EXPECT_FALSE(found(uneven_grid(2, 2))) << "nothing to be saved";
    EXPECT_FALSE(found(uneven_grid(2, 7))) << "nor here, as lines are filled up to the longer one";
    for (const int64_t dims : {1, 2, 3}) {
        MixtureData random = test::random_mixture(9, dims, CovarianceKind::Scalar, 3);
        random.covariances = torch::full({9}, .3, torch::kFloat64);
        EXPECT_FALSE(found(random)) << dims;
    }
    MixtureData heavier = uneven_grid(3, 3);
    heavier.log_weights[4] += 1e-9;
    EXPECT_FALSE(found(heavier));
    MixtureData without = uneven_grid(3, 3);
    without.log_weights[4] = -INFINITY;
    EXPECT_FALSE(found(without));
    MixtureData elsewhere = uneven_grid(3, 3);
    elsewhere.means[4] = elsewhere.means[3];  // one cell twice, another without a mode
    EXPECT_FALSE(found(elsewhere));
    MixtureData wider = uneven_grid(3, 3);
    wider.covariances[4] = .3;
    EXPECT_FALSE(found(wider));
}

TEST(ProductOfLines, GivesWhatTheSumsOverAllComponentsGive) {
    for (MixtureData mixture : {test::grid_mixture(), uneven_grid(4, 7), uneven_grid(6, 3)}) {
        for (const double sigma : {0., 0.02, 0.5, 3., 80.}) {
            SCOPED_TRACE(testing::Message() << mixture.components << " modes, sigma " << sigma);
            const torch::Tensor x = ((6 + 3 * sigma) * numbers({333, 2}, 3)).to(torch::kFloat32).to(torch::kFloat64);
            mixture.lines.reset();
            const Outputs plain = denoise<double>(mixture, sigma, x);
            const Outputs plain_float = denoise<float>(mixture, sigma, x);
            mixture.lines = product_of_lines(mixture.view());
            ASSERT_TRUE(mixture.lines.has_value());
            const Outputs product = denoise<double>(mixture, sigma, x);
            EXPECT_EQ(plain.line_pairs, 0);
            EXPECT_EQ(product.line_pairs, mixture.lines->pairs());
            EXPECT_LT(largest_difference(product.denoised, plain.denoised), 1e-11 * (1 + sigma));
            EXPECT_LT(largest_difference(product.log_density, plain.log_density), 1e-9);
            const double size = plain.directions.abs().max().item<double>();
            EXPECT_LT(largest_difference(product.directions, plain.directions), 1e-10 * size);
            EXPECT_LT(largest_difference(product.vectors, plain.vectors), 1e-10 * size);
            // In float both are as far from the exact numbers.
            EXPECT_LT(largest_difference(plain_float.denoised, plain.denoised), 2e-5 * (9 + 3 * sigma));
            EXPECT_LT(largest_difference(plain_float.directions, plain.directions), 2e-4 * size);
            const Outputs rounded = denoise<float>(mixture, sigma, x);
            EXPECT_LT(largest_difference(rounded.denoised, plain.denoised),
                      3 * largest_difference(plain_float.denoised, plain.denoised) + 1e-6);
            EXPECT_LT(largest_difference(rounded.directions, plain.directions),
                      3 * largest_difference(plain_float.directions, plain.directions) + 1e-6 * size);
        }
    }
}

TEST(ProductOfLines, ParticlesFarFromAllModesDisturbNoNeighbours) {
    MixtureData mixture = uneven_grid(4, 7);
    mixture.lines = product_of_lines(mixture.view());
    ASSERT_TRUE(mixture.lines.has_value());
    const torch::Tensor x = numbers({64, 2}, 3);
    torch::Tensor scattered = x.clone();
    scattered[5] = torch::tensor({700., -3.});
    scattered[20] = torch::tensor({0., 1e4});
    scattered[40] = NAN;
    const Outputs undisturbed = denoise<float>(mixture, .1, x);
    const Outputs out = denoise<float>(mixture, .1, scattered);
    for (int64_t i = 0; i < 64; ++i) {
        if (i != 5 && i != 20 && i != 40) {
            EXPECT_TRUE(torch::equal(out.denoised[i], undisturbed.denoised[i])) << i;
            EXPECT_TRUE(torch::equal(out.directions[i], undisturbed.directions[i])) << i;
        }
    }
    const Outputs exact = denoise<double>(mixture, .1, scattered);
    const test::MixtureOracle oracle = denoise_by_torch(mixture, .1, scattered);
    for (const int64_t i : {5, 20}) {
        EXPECT_LT(largest_difference(exact.denoised[i], oracle.denoised[i]), 1e-8) << i;
        EXPECT_LT(largest_difference(exact.log_density[i] / oracle.log_density[i], torch::ones({})), 1e-12) << i;
    }
    EXPECT_TRUE(torch::isnan(out.denoised[40]).all().item<bool>());
}

}  // namespace
}  // namespace drift::kernels
