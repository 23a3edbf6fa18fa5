#include "core/kernels/linear_twist.h"

#include "core/kernels/mixture_oracle.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>  // nested lists in torch::tensor

namespace drift::kernels {
namespace {

using test::numbers;

struct Case {
    torch::Tensor matrix, observation;  // A [m, d], y [m]
    torch::Tensor denoised, jacobian;   // D [n, d], J [n, d, d] symmetric and positive
    double noise_variance = .04;
    double sigma = 1.7;
    double spread_squared = .6;
};

Case make_case(int64_t n, int64_t rows, int64_t dims) {
    const torch::Tensor root = numbers({n, dims, dims}, 3);
    return {numbers({rows, dims}, 1), numbers({rows}, 2), 2 * numbers({n, dims}, 4),
            torch::matmul(root, root.transpose(1, 2)) / static_cast<double>(dims)};
}

struct Outputs {
    torch::Tensor log_psi, pull, residual_norm;
};

template <class T>
Outputs twist(const Case& c, ErrorModel error) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const LinearObservation observation{c.matrix.size(0), c.matrix.size(1), c.matrix.const_data_ptr<double>(),
                                        c.observation.const_data_ptr<double>(), c.noise_variance};
    std::vector<T> coefficients(static_cast<size_t>(linear_twist_size(observation)));
    const LinearTwist<T> prepared =
        prepare_linear_twist(observation, error, c.sigma, c.spread_squared, coefficients.data());
    const torch::Tensor denoised = c.denoised.to(type).contiguous();
    const torch::Tensor directions = torch::einsum("nab,rb->nra", {c.jacobian, c.matrix}).to(type).contiguous();
    const int64_t n = denoised.size(0);
    Outputs out{torch::empty({n}, torch::kFloat64), torch::empty_like(denoised), torch::empty({n}, type)};
    linear_gaussian_twist(
        {}, prepared,
        {n, denoised.const_data_ptr<T>(), directions.const_data_ptr<T>(), out.log_psi.mutable_data_ptr<double>(),
         out.pull.mutable_data_ptr<T>(), out.residual_norm.mutable_data_ptr<T>()});
    return out;
}

/// The dense formulas of guidance.md 1.5.
Outputs dense(const Case& c, ErrorModel error) {
    const torch::Tensor e = c.observation - c.denoised.matmul(c.matrix.t());
    const int64_t m = c.matrix.size(0);
    torch::Tensor s = c.noise_variance * torch::eye(m, torch::kFloat64).expand({e.size(0), m, m});
    if (error == ErrorModel::Pigdm) {
        s = s + c.spread_squared * c.matrix.matmul(c.matrix.t());
    } else if (error == ErrorModel::Tweedie) {
        s = s + c.sigma * c.sigma * torch::matmul(torch::matmul(c.matrix, c.jacobian), c.matrix.t());
    }
    const torch::Tensor v = torch::linalg_solve(s, e);
    const torch::Tensor log_psi =
        -.5 * ((e * v).sum(1) + std::get<1>(torch::linalg_slogdet(s)) + static_cast<double>(m) * std::log(2 * M_PI));
    const torch::Tensor norm = e.norm(2, 1);
    const torch::Tensor push = error == ErrorModel::Unit ? e / norm.unsqueeze(1) : c.sigma * c.sigma * v;
    return {log_psi, torch::einsum("nab,rb,nr->na", {c.jacobian, c.matrix, push}), norm};
}

double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
    return ((a - b).abs() / (1 + b.abs())).max().item<double>();
}

TEST(LinearTwist, AgreesWithTheDenseFormulas) {
    for (const auto& [rows, dims] :
         std::vector<std::pair<int64_t, int64_t>>{{1, 2}, {2, 2}, {1, 1}, {4, 8}, {16, 20}}) {
        const Case c = make_case(77, rows, dims);
        for (const auto error : {ErrorModel::Point, ErrorModel::Pigdm, ErrorModel::Tweedie, ErrorModel::Unit}) {
            SCOPED_TRACE(testing::Message() << rows << " rows, " << dims << " dims, model " << static_cast<int>(error));
            const Outputs expected = dense(c, error);
            const Outputs wide = twist<double>(c, error);
            EXPECT_LT(relative_difference(wide.log_psi, expected.log_psi), 1e-10);
            EXPECT_LT(relative_difference(wide.pull, expected.pull), 1e-10);
            EXPECT_LT(relative_difference(wide.residual_norm, expected.residual_norm), 1e-12);
            const Outputs narrow = twist<float>(c, error);
            EXPECT_LT(relative_difference(narrow.log_psi, expected.log_psi), 2e-4);
            EXPECT_LT(relative_difference(narrow.pull, expected.pull), 2e-4);
        }
    }
}

TEST(LinearTwist, AJacobianThatIsNotPositiveDoesNotBreakIt) {
    Case c = make_case(20, 2, 2);
    c.jacobian = -c.jacobian;
    const Outputs out = twist<double>(c, ErrorModel::Tweedie);
    EXPECT_TRUE(torch::isfinite(out.log_psi).all().item<bool>());
    EXPECT_TRUE(torch::isfinite(out.pull).all().item<bool>());
}

TEST(LinearTwist, NormFormHasNoPullWhereTheObservationIsMet) {
    Case c = make_case(3, 1, 2);
    c.matrix = torch::tensor({{1., 0.}}, torch::kFloat64);
    c.denoised = c.observation.expand({3, 2}).contiguous();
    EXPECT_EQ(twist<double>(c, ErrorModel::Unit).pull.abs().max().item<double>(), 0);
}

TEST(LinearTwist, IsTheSameForAnyNumberOfThreads) {
    const Case c = make_case(3001, 1, 2);
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const Outputs one = twist<float>(c, ErrorModel::Tweedie);
    at::set_num_threads(3);
    const Outputs three = twist<float>(c, ErrorModel::Tweedie);
    at::set_num_threads(threads);
    EXPECT_TRUE(one.log_psi.equal(three.log_psi));
    EXPECT_TRUE(one.pull.equal(three.pull));
}

TEST(LinearTwist, RefusesTooManyRows) {
    const LinearObservation observation{17, 20, nullptr, nullptr, 1};
    EXPECT_THROW(prepare_linear_twist<double>(observation, ErrorModel::Point, 1, 0, nullptr), std::invalid_argument);
}

}  // namespace
}  // namespace drift::kernels
