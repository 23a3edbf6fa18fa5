#include "core/kernels/normals.h"

#include "support/instruction_sets.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace drift::kernels {
namespace {

constexpr RandomStream stream{0x123456789abcdefu, Purpose::Proposal, 17};

template <class T>
std::vector<T> normals(RandomStream from, int64_t n, int64_t dims) {
    std::vector<T> out(static_cast<size_t>(n * dims));
    fill_normals({}, from, n, dims, out.data());
    return out;
}

/// Largest distance between the distribution of the numbers and the standard normal one, times sqrt(n).
double kolmogorov_smirnov(std::vector<double> z) {
    std::sort(z.begin(), z.end());
    const auto n = static_cast<double>(z.size());
    double largest = 0;
    for (size_t i = 0; i < z.size(); ++i) {
        const double expected = .5 * std::erfc(-z[i] / std::sqrt(2.));
        largest = std::max({largest, std::abs(expected - static_cast<double>(i) / n),
                            std::abs(expected - static_cast<double>(i + 1) / n)});
    }
    return largest * std::sqrt(n);
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum / std::sqrt(static_cast<double>(a.size()));
}

TEST(Normals, HaveTheMomentsOfTheStandardNormal) {
    const std::vector<double> z = normals<double>(stream, 250000, 4);
    const double n = static_cast<double>(z.size());
    double moment[5] = {};
    for (const double each : z) {
        double power = 1;
        for (double& sum : moment) {
            sum += power / n;
            power *= each;
        }
    }
    EXPECT_NEAR(moment[1], 0, 4 * std::sqrt(1 / n));
    EXPECT_NEAR(moment[2], 1, 4 * std::sqrt(2 / n));
    EXPECT_NEAR(moment[3], 0, 4 * std::sqrt(15 / n));
    EXPECT_NEAR(moment[4], 3, 4 * std::sqrt(96 / n));
    EXPECT_LT(*std::max_element(z.begin(), z.end()), 6.7);
    EXPECT_GT(*std::max_element(z.begin(), z.end()), 4);
}

TEST(Normals, HaveTheDistributionOfTheStandardNormal) {
    for (const uint32_t step : {0, 1, 2}) {
        // Exceeded once in 10,000 times.
        EXPECT_LT(kolmogorov_smirnov(normals<double>({5, Purpose::InitialNoise, step}, 30000, 3)), 2.23);
    }
}

TEST(Normals, DoNotDependOnWhatElseIsDrawn) {
    const std::vector<double> z = normals<double>(stream, 100000, 1);
    const double limit = 4;  // standard errors
    EXPECT_LT(std::abs(correlation(z, normals<double>({stream.seed + 1, stream.purpose, 17}, 100000, 1))), limit);
    EXPECT_LT(std::abs(correlation(z, normals<double>({stream.seed, Purpose::Metric, 17}, 100000, 1))), limit);
    EXPECT_LT(std::abs(correlation(z, normals<double>({stream.seed, stream.purpose, 18}, 100000, 1))), limit);
    std::vector<double> next(z.begin() + 1, z.end());
    next.push_back(z[0]);
    EXPECT_LT(std::abs(correlation(z, next)), limit);
    const std::vector<double> four = normals<double>(stream, 100000, 4);
    for (size_t k = 1; k < 4; ++k) {
        std::vector<double> first, other;
        for (size_t i = 0; i < 100000; ++i) {
            first.push_back(four[4 * i]);
            other.push_back(four[4 * i + k]);
        }
        EXPECT_LT(std::abs(correlation(first, other)), limit);
    }
}

TEST(Normals, AreTheSameForAnyNumberOfParticlesAndThreads) {
    for (const int64_t dims : {1, 2, 3, 4, 7, 784}) {
        const int threads = at::get_num_threads();
        at::set_num_threads(1);
        const std::vector<float> one = normals<float>(stream, 301, dims);
        at::set_num_threads(3);
        EXPECT_EQ(one, normals<float>(stream, 301, dims));
        at::set_num_threads(threads);
        const std::vector<float> fewer = normals<float>(stream, 37, dims);
        EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), one.begin()));
    }
}

TEST(Normals, DoNotChangeWithTheNumberOfComponents) {
    const std::vector<double> two = normals<double>(stream, 50, 2);
    const std::vector<double> seven = normals<double>(stream, 50, 7);
    for (size_t i = 0; i < 50; ++i) {
        EXPECT_NEAR(two[2 * i], seven[7 * i], 1e-14);
        EXPECT_NEAR(two[2 * i + 1], seven[7 * i + 1], 1e-14);
    }
}

TEST(Normals, AreTheSameInFloatUpToRounding) {
    for (const int64_t dims : {2, 5}) {
        const std::vector<float> narrow = normals<float>(stream, 200000, dims);
        const std::vector<double> wide = normals<double>(stream, 200000, dims);
        for (size_t i = 0; i < wide.size(); ++i) {
            ASSERT_NEAR(static_cast<double>(narrow[i]), wide[i], 2e-6);
        }
    }
}

TEST(Normals, AreTheSameOneByOneAndInEveryInstructionSet) {
    for (const CpuVectors most : test::instruction_sets) {
        const test::LimitedVectors limited(most);
        const std::vector<double> z = normals<double>(stream, 100, 7);
        for (uint64_t i = 0; i < 700; ++i) {
            ASSERT_NEAR(z[i], normal(stream, i / 7, i % 7), 1e-14);
        }
    }
}

TEST(Uniforms, AreThoseOfTheGenerator) {
    std::vector<double> u(100);
    fill_uniforms({}, stream, 100, u.data());
    for (uint64_t i = 0; i < 100; ++i) {
        EXPECT_EQ(u[i], uniform(stream, i, 0));
    }
}

}  // namespace
}  // namespace drift::kernels
