#include "core/kernels/cloud.h"

#include "core/kernels/mixture_oracle.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift::kernels {
namespace {

std::vector<double> moments_by_torch(const torch::Tensor& x, const torch::Tensor& weights, Moments moments,
                                     const torch::Tensor& mean) {
    torch::Tensor result;
    if (moments == Moments::Mean) {
        result = (weights.unsqueeze(1) * x).sum(0);
    } else {
        const torch::Tensor apart = x - mean;
        result = moments == Moments::Variances ? (weights.unsqueeze(1) * apart.square()).sum(0)
                                               : torch::matmul(apart.t() * weights, apart);
    }
    std::vector<double> numbers;
    for (int64_t row = 0; row < x.size(1); ++row) {
        if (moments != Moments::Covariance) {
            numbers.push_back(result[row].item<double>());
            continue;
        }
        for (int64_t k = 0; k <= row; ++k) {
            numbers.push_back(result[row][k].item<double>());
        }
    }
    return numbers;
}

template <class T>
void expect_moments(int64_t n, int64_t dims, bool weighted) {
    SCOPED_TRACE(testing::Message() << n << " particles in " << dims << " dimensions, weighted " << weighted);
    const torch::Tensor x = (3 * test::numbers({n, dims}, 1) + 1).to(torch::CppTypeToScalarType<T>::value);
    torch::Tensor log_weights = 4 * test::numbers({n}, 2);
    torch::Tensor read = x.clone();
    if (weighted && n > 5) {  // who weighs nothing counts for nothing, whatever it is
        log_weights[3] = -INFINITY;
        read[3] = NAN;
    }
    const double log_sum = weighted ? log_weights.logsumexp(0).item<double>() : std::log(static_cast<double>(n));
    const torch::Tensor weights =
        weighted ? (log_weights - log_sum).exp() : torch::full({n}, 1. / static_cast<double>(n), torch::kFloat64);
    WeightedCloud<T> cloud{n, dims, read.const_data_ptr<T>(), weighted ? log_weights.const_data_ptr<double>() : nullptr,
                           log_sum};
    const torch::Tensor exact = x.to(torch::kFloat64);
    const torch::Tensor mean = torch::full({dims}, .7, torch::kFloat64);
    for (const Moments which : {Moments::Mean, Moments::Variances, Moments::Covariance}) {
        std::vector<double> scratch(static_cast<size_t>(cloud_scratch_size(n, dims, which)));
        const std::vector<double> about(static_cast<size_t>(dims), .7);
        const std::vector<double> sums = cloud_moments({}, cloud, which, about, scratch.data());
        const std::vector<double> expected = moments_by_torch(exact, weights, which, mean);
        ASSERT_EQ(sums.size(), expected.size());
        for (size_t i = 0; i < sums.size(); ++i) {
            EXPECT_NEAR(sums[i], expected[i], 1e-12) << i;
        }
    }
}

TEST(CloudMoments, AreThoseOfTheWeightedParticles) {
    for (const int64_t n : {1, 7, 1024, 3001}) {
        for (const int64_t dims : {1, 2, 3}) {
            for (const bool weighted : {false, true}) {
                expect_moments<double>(n, dims, weighted);
                expect_moments<float>(n, dims, weighted);
            }
        }
    }
}

}  // namespace
}  // namespace drift::kernels
