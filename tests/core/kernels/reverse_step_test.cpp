#include "core/kernels/reverse_step.h"

#include "core/kernels/mixture_oracle.h"

#include <gtest/gtest.h>

namespace drift::kernels {
namespace {

using test::numbers;

constexpr RandomStream noise{77, Purpose::Proposal, 12};

struct Step {
    torch::Tensor x, denoised, pull;
    double c = .8, tau = .3, scale = 1.5;
};

Step make_step(int64_t n, int64_t dims) {
    return {numbers({n, dims}, 1), numbers({n, dims}, 2), numbers({n, dims}, 3)};
}

struct Taken {
    torch::Tensor next, ratio;
    int32_t not_finite = 0;
};

template <class T>
Taken take(const Step& s, bool guided) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const torch::Tensor x = s.x.to(type), denoised = s.denoised.to(type), pull = s.pull.to(type);
    const torch::Tensor next = torch::empty_like(x);
    const torch::Tensor ratio = torch::full({x.size(0)}, 9., torch::kFloat64);
    ReverseStep<T> step;
    step.n = x.size(0);
    step.dims = x.size(1);
    step.c = s.c;
    step.tau = s.tau;
    step.shift_scale = s.scale;
    step.noise = noise;
    step.x = x.const_data_ptr<T>();
    step.denoised = denoised.const_data_ptr<T>();
    step.pull = guided ? pull.const_data_ptr<T>() : nullptr;
    step.next = next.mutable_data_ptr<T>();
    step.log_ratio = s.tau > 0 ? ratio.mutable_data_ptr<double>() : nullptr;
    Taken taken{next, ratio};
    step.not_finite = &taken.not_finite;
    reverse_step({}, step);
    return taken;
}

torch::Tensor drawn(int64_t n, int64_t dims) {
    torch::Tensor z = torch::empty({n, dims}, torch::kFloat64);
    fill_normals({}, noise, n, dims, z.mutable_data_ptr<double>());
    return z;
}

TEST(ReverseStep, IsTheFormulaWithTheNoiseOfItsStream) {
    for (const int64_t dims : {1, 2, 3, 4, 9}) {
        SCOPED_TRACE(dims);
        constexpr int64_t n = 601;  // in the plane two whole turns and a part of one
        const Step s = make_step(n, dims);
        const torch::Tensor z = drawn(n, dims);
        const torch::Tensor delta = (1 - s.c) * s.scale * s.pull;
        const torch::Tensor expected = (1 - s.c) * s.denoised + delta + s.c * s.x + s.tau * z;
        const torch::Tensor log_ratio = -(z * delta / s.tau + delta.square() / (2 * s.tau * s.tau)).sum(1);
        const auto [next, ratio, broken] = take<double>(s, true);
        EXPECT_LT((next - expected).abs().max().item<double>(), 1e-13);
        EXPECT_LT((ratio - log_ratio).abs().max().item<double>(), 1e-12);
        const auto [narrow, narrow_ratio, broken_too] = take<float>(s, true);
        EXPECT_LT((narrow - expected).abs().max().item<double>(), 3e-6);
        EXPECT_LT((narrow_ratio - log_ratio).abs().max().item<double>(), 2e-5);
        const auto [plain, no_ratio, none] = take<double>(s, false);
        EXPECT_LT((plain - (expected - delta)).abs().max().item<double>(), 1e-13);
        EXPECT_EQ(no_ratio.abs().max().item<double>(), 0);
    }
}

TEST(ReverseStep, RatioIsThatOfTheTwoDensities) {
    const Step s = make_step(50, 2);
    const torch::Tensor delta = (1 - s.c) * s.scale * s.pull;
    const torch::Tensor mean = (1 - s.c) * s.denoised + s.c * s.x;
    const auto [next, ratio, broken] = take<double>(s, true);
    const torch::Tensor expected =
        ((next - mean - delta).square() - (next - mean).square()).sum(1) / (2 * s.tau * s.tau);
    EXPECT_LT((ratio - expected).abs().max().item<double>(), 1e-11);
}

TEST(ReverseStep, WithoutNoiseDrawsNone) {
    Step s = make_step(50, 2);
    s.tau = 0;
    s.c = 0;
    const auto [next, ratio, broken] = take<double>(s, false);
    EXPECT_TRUE(next.equal(s.denoised));
}

TEST(ReverseStep, GuidedWithoutNoiseHasNoRatio) {
    double x = 0, next = 0, ratio = 0;
    ReverseStep<double> step;
    step.n = step.dims = 1;
    step.x = step.denoised = step.pull = &x;
    step.next = &next;
    step.log_ratio = &ratio;
    EXPECT_THROW(reverse_step({}, step), std::invalid_argument);
}

TEST(ReverseStep, AParticleDoesNotDependOnTheOthers) {
    const Step all = make_step(3000, 2);
    const Step some{all.x.narrow(0, 0, 41), all.denoised.narrow(0, 0, 41), all.pull.narrow(0, 0, 41)};
    EXPECT_TRUE(take<float>(all, true).next.narrow(0, 0, 41).equal(take<float>(some, true).next));
}

TEST(ReverseStep, CountsParticlesThatLeaveTheNumbers) {
    for (const int64_t dims : {1, 2, 5}) {
        SCOPED_TRACE(dims);
        Step s = make_step(101, dims);
        s.denoised[0][0] = std::numeric_limits<double>::quiet_NaN();
        s.denoised[40][dims - 1] = std::numeric_limits<double>::infinity();
        s.denoised[40][0] = std::numeric_limits<double>::quiet_NaN();  // the same particle counts once
        s.denoised[100][dims / 2] = -std::numeric_limits<double>::infinity();
        EXPECT_EQ(take<float>(s, true).not_finite, 3);
        EXPECT_EQ(take<float>(make_step(101, dims), true).not_finite, 0);
    }
}

}  // namespace
}  // namespace drift::kernels
