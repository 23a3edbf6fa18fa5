// Conditions whose posterior is a mixture again: against importance weights of draws from the prior, which know nothing
// of the closed form. And the half space, whose evidence has one.
#include "core/problem.h"
#include "core/terms.h"

#include "support/problems.h"

#include <torch/types.h>  // nested lists in torch::tensor

#include <cmath>

namespace drift {
namespace {

constexpr int64_t draws = 40000;

Choice condition(const std::string& type, const std::vector<std::pair<std::string, Value>>& values) {
    Choice choice = default_choice(Kind::Condition, type);
    for (const auto& [key, value] : values) {
        choice.params.set(key, value);
    }
    return choice;
}

/// A mixture with full covariances and uneven weights.
Choice prior() {
    Choice choice = default_choice(Kind::Prior, "gaussian_mixture");
    choice.params.set("means", Array{{3, 2}, {-1, -1.5, 0, 2, 2, -0.5}});
    choice.params.set("covariance", Array{{3, 2, 2}, {0.5, 0.2, 0.2, 0.4, 0.3, 0, 0, 0.9, 0.6, -0.3, -0.3, 0.5}});
    choice.params.set("weights", test::vector({0.5, 0.3, 0.2}));
    return choice;
}

Problem problem(const Choice& condition) {
    return make_problem(prior(), condition, MakeContext{torch::kFloat64, "", 1});
}

/// Compares log Z and the posterior's mean with those of weighted draws, to four standard errors.
void check(const Choice& choice) {
    const Problem it = problem(choice);
    ASSERT_NE(it.exact, nullptr) << choice.type;
    const torch::Tensor x = it.prior->mixture()->sample(draws, Random{7}, kernels::Purpose::Problem);
    const torch::Tensor r = (it.condition->log_likelihood(x) - it.exact->log_z).exp();
    const double error = 4 / std::sqrt(static_cast<double>(draws));
    EXPECT_NEAR(r.mean().item<double>(), 1, error * r.std().item<double>()) << choice.type;
    EXPECT_GT(r.sum().square().div(r.square().sum()).item<double>(), 1000) << choice.type << ": hardly any draw counts";
    const torch::Tensor mean = it.exact->posterior.weights.matmul(it.exact->posterior.means);
    const torch::Tensor apart = r.unsqueeze(1) * (x - mean);
    const torch::Tensor z = apart.mean(0) / apart.std(0) * std::sqrt(static_cast<double>(draws));
    EXPECT_LT(z.abs().max().item<double>(), 4) << choice.type;
}

TEST(ExactAnswers, AreThoseOfWeightedDraws) {
    check(condition("label", {{"labels", test::vector({0, 2})}}));
    check(condition("mixture_ratio", {{"keep", test::vector({2, 1})}, {"weights", test::vector({3, 1})}}));
    check(condition("reward", {{"centre", test::vector({1, 0.5})}, {"width", 1.3}, {"strength", 1.7}}));
    check(condition("reward", {{"function", std::string("linear")}, {"direction", test::vector({0.4, -0.3})}}));
    const Choice line = condition("linear_gaussian", {{"matrix", test::row({1, 0.4})}, {"noise", 0.8}});
    const Choice other = condition(
        "linear_gaussian",
        {{"matrix", Array{{2, 2}, {0.3, -1, 0.5, 0.5}}}, {"observation", test::vector({0.2, -0.3})}, {"noise", 1.1}});
    check(condition("sum", {{"terms", terms_of({{line, 1}, {other, 1}})}}));
    check(condition("sum", {{"terms", terms_of({{line, 0.4}, {other, 2.5}})}}));
}

TEST(ExactAnswers, OfALabelKeepTheWeightsOfItsComponents) {
    const Problem it = problem(condition("label", {{"labels", test::vector({0, 2})}}));
    EXPECT_NEAR(it.exact->log_z, std::log(0.7), 1e-12);
    EXPECT_NEAR(it.exact->posterior.weights[2].item<double>(), 2.0 / 7, 1e-12);
    EXPECT_EQ(it.exact->posterior.weights[1].item<double>(), 0);
    const Problem ratio = problem(condition("mixture_ratio", {{"keep", test::vector({1})}}));
    EXPECT_NEAR(ratio.exact->log_z, 0, 1e-12);
    EXPECT_EQ(problem(condition("label", {{"strength", 2.0}})).exact, nullptr);
}

// A stacked sum has a linear form, and that says what the terms say, constant included.
TEST(ExactAnswers, OfASumOfMeasurementsAreThoseOfTheStackedOne) {
    const Choice first = condition("linear_gaussian", {{"matrix", test::row({1, 0.4})}, {"noise", 0.3}});
    const Choice second = condition("linear_gaussian", {{"matrix", test::row({-0.2, 2})}, {"noise", 1.7}});
    const Problem sum = problem(condition("sum", {{"terms", terms_of({{first, 1}, {second, 0.3}})}}));
    const Problem a = problem(first), b = problem(second);
    const torch::Tensor x = sum.prior->mixture()->sample(50, Random{7}, kernels::Purpose::Problem);
    const torch::Tensor expected = a.condition->log_likelihood(x) + 0.3 * b.condition->log_likelihood(x);
    ASSERT_NE(sum.condition->linear(), nullptr);
    EXPECT_LT((sum.condition->log_likelihood(x) - expected).abs().max().item<double>(), 1e-9);
    const torch::Tensor slope = a.condition->gradient(x) + 0.3 * b.condition->gradient(x);
    EXPECT_LT((sum.condition->gradient(x) - slope).abs().max().item<double>(), 1e-9);
}

// Their common noise would be e^-43 here, and the rows that go with it would leave float32.
TEST(ExactAnswers, AreLeftOutWhereWeightsWouldStackBeyondAllScales) {
    const Choice first = condition("linear_gaussian", {{"matrix", test::row({1, 0.4})}, {"noise", 0.3}});
    const Choice second = condition("linear_gaussian", {{"matrix", test::row({-0.2, 2})}, {"noise", 1.7}});
    const Problem sum = problem(condition("sum", {{"terms", terms_of({{first, 300}, {second, 1}})}}));
    EXPECT_EQ(sum.condition->linear(), nullptr);
    const torch::Tensor x = sum.prior->mixture()->sample(50, Random{7}, kernels::Purpose::Problem);
    const torch::Tensor expected =
        300 * problem(first).condition->log_likelihood(x) + problem(second).condition->log_likelihood(x);
    EXPECT_LT(((sum.condition->log_likelihood(x) - expected) / expected).abs().max().item<double>(), 1e-12);
    EXPECT_TRUE(sum.condition->gradient(x).isfinite().all().item<bool>());
}

TEST(Sum, IsTheSumOfItsTerms) {
    const Choice bent = condition("nonlinear", {{"noise_model", std::string("laplace")}});
    const Choice edge = condition("half_space", {{"width", 0.5}});
    const Choice inner = condition("sum", {{"terms", terms_of({{edge, 3}})}});
    const Problem sum = problem(condition("sum", {{"terms", terms_of({{bent, 0.5}, {inner, -1}})}}));
    const torch::Tensor x = sum.prior->mixture()->sample(50, Random{7}, kernels::Purpose::Problem);
    const auto part = [&](const Choice& choice) { return problem(choice).condition->log_likelihood(x); };
    const torch::Tensor expected = 0.5 * part(bent) - 3 * part(edge);
    EXPECT_LT((sum.condition->log_likelihood(x) - expected).abs().max().item<double>(), 1e-10);
    EXPECT_EQ(sum.condition->linear(), nullptr);
    EXPECT_EQ(sum.exact, nullptr);
}

TEST(Sum, OfNothingSaysNothing) {
    const Problem it = problem(condition("sum", {}));
    EXPECT_TRUE(it.condition->is_none());
    ASSERT_NE(it.exact, nullptr);
    EXPECT_EQ(it.exact->log_z, 0);
}

TEST(Sum, NamesTheTermThatDoesNotFit) {
    const Choice good = condition("half_space", {});
    const Choice bad = condition("half_space", {{"normal", test::vector({1, 0, 0})}});
    try {
        problem(condition("sum", {{"terms", terms_of({{good, 1}, {bad, 1}})}}));
        FAIL();
    } catch (const UserError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "'condition.terms[1]': 'condition.normal' has 3 numbers, but the prior has dimension 2");
    }
}

// trained_samplers.md: under N(0, I) the half space x_1 > a has Z = Phi(-a) + e^-20 (1 - Phi(-a)).
TEST(HalfSpace, HasTheEvidenceOfTheNormalDistributionFunction) {
    Choice normal = default_choice(Kind::Prior, "gaussian");
    normal.params.set("mean", test::vector({0, 0}));
    normal.params.set("covariance", Array{{}, {1}});
    for (const double width : {0.0, 0.6}) {
        const Choice choice = condition("half_space", {{"offset", 1.0}, {"width", width}, {"floor", -6.0}});
        const Problem it = make_problem(normal, choice, MakeContext{torch::kFloat64, "", 1});
        const torch::Tensor x = it.prior->mixture()->sample(draws, Random{7}, kernels::Purpose::Problem);
        const torch::Tensor r = it.condition->log_likelihood(x).exp();
        const double inside = 0.5 * std::erfc(1 / std::sqrt(2 * (1 + width * width)));
        const double z = inside + std::exp(-6) * (1 - inside);
        EXPECT_NEAR(r.mean().item<double>(), z, 4 * r.std().item<double>() / std::sqrt(1.0 * draws)) << width;
        ASSERT_TRUE(it.exact_log_z);
        EXPECT_NEAR(*it.exact_log_z, std::log(z), 1e-12) << width;
    }
}

// Along the normal a mixture is one of numbers, which a fine sum integrates. The edge is between two of its points.
TEST(HalfSpace, HasTheEvidenceOfAQuadratureUnderAMixture) {
    const GaussianMixture mixture{torch::tensor({0.3, 0.7}, torch::kFloat64),
                                  torch::tensor({{-1.0, 0.5}, {2.0, 1.0}}, torch::kFloat64),
                                  torch::tensor({{0.5, 0.2}, {0.3, 1.5}}, torch::kFloat64), CovarianceKind::Diagonal};
    const torch::Tensor n = torch::tensor({1.0, 2.0}, torch::kFloat64);
    constexpr double step = 1e-3;
    const torch::Tensor along = torch::arange(-20, 24, step, torch::kFloat64) + step / 2;
    torch::Tensor density = torch::zeros_like(along);
    for (int64_t j = 0; j < 2; ++j) {
        const double mean = mixture.means[j].dot(n).item<double>();
        const double variance = mixture.covariances[j].dot(n.square()).item<double>();
        density += mixture.weights[j] * (along - mean).square().div(-2 * variance).exp() /
                   std::sqrt(2 * std::numbers::pi * variance);
    }
    for (const double width : {0.0, 0.4}) {
        const auto it =
            problem(condition("half_space", {{"normal", test::vector({1, 2})}, {"offset", 5.0}, {"width", width}}))
                .condition;
        const torch::Tensor on_normal = along.unsqueeze(1) * n.unsqueeze(0) / n.dot(n);
        const double sum = (density * it->log_likelihood(on_normal).exp()).sum().item<double>() * step;
        ASSERT_TRUE(it->exact_log_z(mixture));
        EXPECT_NEAR(*it->exact_log_z(mixture), std::log(sum), 1e-6) << width;
    }
}

TEST(HalfSpace, IsHardWithoutAWidth) {
    const auto edge = problem(condition("half_space", {{"normal", test::vector({0, 2})}, {"offset", 1.0}})).condition;
    const torch::Tensor x = torch::tensor({{0.0, 0.5}, {9.0, 0.49}}, torch::kFloat64);
    EXPECT_EQ(edge->log_likelihood(x)[0].item<double>(), 0);
    EXPECT_EQ(edge->log_likelihood(x)[1].item<double>(), -20);
    EXPECT_EQ(edge->gradient(x).abs().max().item<double>(), 0);
}

std::string refusal(const Choice& choice) {
    try {
        problem(choice);
        return "";
    } catch (const UserError& error) {
        return error.what();
    }
}

TEST(Conditions, RefuseWeightsOfNothing) {
    EXPECT_THROW(condition("mixture_ratio", {{"weights", test::vector({0})}}), UserError);
}

TEST(Conditions, SayWhatDoesNotFit) {
    const std::vector<std::pair<Choice, std::string>> cases = {
        {condition("label", {{"labels", test::vector({3})}}),
         "'condition.labels' holds 3, but takes numbers of the prior's components, from 0 to 2"},
        {condition("label", {{"labels", test::vector({1, 1})}}), "'condition.labels' names 1 twice"},
        {condition("mixture_ratio", {{"weights", test::vector({1, 1})}}),
         "'condition.weights' has 2 numbers, but 'keep' names 1 components"},
        {condition("half_space", {{"normal", test::vector({0, 0})}}), "'condition.normal' is 0"},
        {condition("phase_retrieval", {{"matrix", test::row({1, 0})}}),
         "'condition.matrix' has 1 rows, but takes pairs"},
        {condition("phase_retrieval", {{"observation", test::vector({1, 2})}}),
         "'condition.observation' has 2 numbers, but 'matrix' has 1 pairs of rows"},
        {condition("nonlinear", {{"sensors", test::row({1, 0, 0})}}), "'condition.sensors' has rows of 3 numbers"},
        {condition("nonlinear", {{"observation", test::vector({1, 2})}}),
         "'condition.observation' has 2 numbers, but 'function' range measures 1"},
        {condition("linear_gaussian", {{"noise_model", std::string("poisson")}}),
         "'condition.observation' holds -1, but counts of 'noise_model' poisson are whole numbers, 0 or more"},
        {condition("linear_gaussian", {{"noise_model", std::string("poisson")}, {"observation", test::vector({2.5})}}),
         "'condition.observation' holds 2.5, but counts of 'noise_model' poisson are whole numbers, 0 or more"},
        {condition("reward", {{"centre", test::vector({1, 0, 0})}}), "'condition.centre' has 3 numbers"},
        {condition("reward", {{"function", std::string("torchscript")}, {"file", std::string("none.pt")}}),
         "'condition.file' is 'none.pt', but there is no such TorchScript file"},
    };
    for (const auto& [choice, says] : cases) {
        const std::string text = refusal(choice);
        EXPECT_NE(text.find(says), std::string::npos) << text << "\n should say " << says;
    }
}

}  // namespace
}  // namespace drift
