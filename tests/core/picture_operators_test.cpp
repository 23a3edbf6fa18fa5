#include "core/picture_operators.h"

#include <gtest/gtest.h>

#include <string>

namespace drift {
namespace {

struct Case {
    std::string name;
    std::shared_ptr<const LinearOperator> A;
};

std::vector<Case> cases() {
    return {{"mask", mask_operator(torch::tensor({0, 3, 17, 35}, torch::kInt64), 36)},
            {"pooling", pooling_operator({1, 6, 6}, 3)},
            {"pooling in two channels", pooling_operator({2, 4, 6}, 2)},
            {"blur", blur_operator({1, 6, 6}, 0.8)},
            {"blur in two channels", blur_operator({2, 5, 5}, 1.5)}};
}

torch::Tensor rows(int64_t n, int64_t d, double pace) {
    return torch::sin(torch::arange(n * d, torch::kFloat64) * pace).view({n, d});
}

TEST(PictureOperators, AdjointPassesTheDotProductTest) {
    for (const Case& c : cases()) {
        const torch::Tensor x = rows(3, c.A->input_size(), 0.7);
        const torch::Tensor v = rows(3, c.A->output_size(), 1.3);
        const torch::Tensor left = (c.A->forward(x) * v).sum(1);
        const torch::Tensor right = (x * c.A->adjoint(v)).sum(1);
        EXPECT_LT((left - right).abs().max().item<double>(), 1e-12) << c.name;
    }
}

TEST(PictureOperators, SolveAndDeterminantAreThoseOfTheMatrix) {
    for (const Case& c : cases()) {
        const torch::Tensor a = c.A->matrix();
        ASSERT_EQ(a.size(0), c.A->output_size()) << c.name;
        const torch::Tensor s = torch::eye(a.size(0), torch::kFloat64) * 0.09 + a.matmul(a.t()) * 2.5;
        const torch::Tensor e = rows(2, a.size(0), 0.9);
        const torch::Tensor residual = c.A->solve(e, 0.09, 2.5).matmul(s) - e;
        EXPECT_LT(residual.abs().max().item<double>(), 1e-11) << c.name;
        EXPECT_NEAR(c.A->log_det(0.09, 2.5), at::logdet(s).item<double>(), 1e-9) << c.name;
    }
}

TEST(PictureOperators, AgreeWithTheirMatrixInBothTypes) {
    for (const Case& c : cases()) {
        const torch::Tensor x = rows(2, c.A->input_size(), 0.4);
        const torch::Tensor expected = x.matmul(c.A->matrix().t());
        EXPECT_LT((c.A->forward(x) - expected).abs().max().item<double>(), 1e-12) << c.name;
        const torch::Tensor single = c.A->to(torch::kFloat32)->forward(x.to(torch::kFloat32));
        EXPECT_EQ(single.scalar_type(), torch::kFloat32);
        EXPECT_LT((single - expected).abs().max().item<double>(), 1e-5) << c.name;
    }
}

TEST(PictureOperators, BlurKeepsAFlatPicture) {
    const auto blur = blur_operator({1, 7, 7}, 2);
    EXPECT_LT((blur->forward(torch::ones({1, 49}, torch::kFloat64)) - 1).abs().max().item<double>(), 1e-12);
}

}  // namespace
}  // namespace drift
