#include "core/kernels/moves.h"

#include "core/kernels/mixture_oracle.h"

#include <gtest/gtest.h>

#include <limits>

namespace drift::kernels {
namespace {

using test::numbers;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr RandomStream stream{9, Purpose::Acceptance, 4};
constexpr double h = 0.3;

struct Place {
    torch::Tensor x, log_prior, log_likelihood, prior_gradient, likelihood_gradient;

    template <class T>
    Known<T> known(bool gradients) {
        return {x.data_ptr<T>(), log_prior.data_ptr<double>(), log_likelihood.data_ptr<double>(),
                gradients ? prior_gradient.data_ptr<T>() : nullptr,
                gradients ? likelihood_gradient.data_ptr<T>() : nullptr};
    }
    Place copy() const {
        return {x.clone(), log_prior.clone(), log_likelihood.clone(), prior_gradient.clone(),
                likelihood_gradient.clone()};
    }
    // Nothing times infinity is nothing here.
    torch::Tensor gradient(double beta) const {
        return beta > 0 ? prior_gradient + beta * likelihood_gradient : prior_gradient;
    }
    torch::Tensor log_density(double beta) const { return beta > 0 ? log_prior + beta * log_likelihood : log_prior; }
};

Place place(int64_t n, int64_t dims, uint64_t seed, torch::ScalarType type) {
    return {numbers({n, dims}, seed).to(type), numbers({n}, seed + 1), numbers({n}, seed + 2),
            numbers({n, dims}, seed + 3).to(type), numbers({n, dims}, seed + 4).to(type)};
}

/// Who has no density, or an infinite one, or comes from a place without one.
void spoil(Place& proposal, Place& now) {
    proposal.log_prior[0] = -infinity;
    proposal.log_prior[1] = infinity;
    proposal.log_likelihood[2] = std::nan("");
    now.log_prior[3] = -infinity;
    proposal.log_prior[4] = -infinity;
    now.log_prior[4] = -infinity;
}

/// Of walks there is no momentum and no gradient; without a mass it is 1.
struct Kind {
    double beta = 0.6;
    bool momentum = true;
    bool mass = true;
};

/// The same decisions particle by particle.
struct Decided {
    Place now;
    torch::Tensor acceptance;
};
Decided decide_one_by_one(const Kind& kind, const Place& proposal, const Place& before, const torch::Tensor& momentum,
                          const torch::Tensor& kinetic, const torch::Tensor& inverse_mass) {
    Decided result{before.copy(), torch::empty({before.x.size(0)}, torch::kFloat64)};
    const torch::Tensor gradient = proposal.gradient(kind.beta).to(torch::kFloat64);
    const torch::Tensor last = momentum.to(torch::kFloat64) + h / 2 * gradient;
    const torch::Tensor mass = kind.mass ? inverse_mass.to(torch::kFloat64) : torch::ones_like(inverse_mass);
    const torch::Tensor won = kinetic - (0.5 * last.square() * mass).sum(1);
    const torch::Tensor there = proposal.log_density(kind.beta);
    const torch::Tensor gained = there - before.log_density(kind.beta);
    const torch::Tensor log_ratio = kind.momentum ? gained + won : gained;
    for (int64_t i = 0; i < before.x.size(0); ++i) {
        const double ratio = log_ratio[i].item<double>();
        const bool possible = !std::isnan(ratio) && there[i].item<double>() < infinity;
        const double probability = possible ? std::exp(std::min(ratio, 0.0)) : 0;
        result.acceptance[i] = probability;
        if (uniform(stream, static_cast<uint64_t>(i), 0) < probability) {
            result.now.x[i] = proposal.x[i];
            result.now.log_prior[i] = proposal.log_prior[i];
            result.now.log_likelihood[i] = proposal.log_likelihood[i];
            if (kind.momentum) {
                result.now.prior_gradient[i] = proposal.prior_gradient[i];
                result.now.likelihood_gradient[i] = proposal.likelihood_gradient[i];
            }
        }
    }
    return result;
}

template <class T>
void expect_same_decisions(const Kind& kind, int64_t n, int64_t dims, double tolerance) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    Place proposal = place(n, dims, 10, type);
    Place now = place(n, dims, 20, type);
    if (n > 4) {
        spoil(proposal, now);
    }
    const torch::Tensor momentum = numbers({n, dims}, 31).to(type);
    const torch::Tensor kinetic = numbers({n}, 32) + 1;
    const torch::Tensor inverse_mass = (numbers({dims}, 33) + 1.5).to(type);
    const Decided expected = decide_one_by_one(kind, proposal, now, momentum, kinetic, inverse_mass);
    const torch::Tensor acceptance = torch::full({n}, -1., torch::kFloat64);
    Decision<T> task;
    task.n = n;
    task.dims = dims;
    task.step = h;
    task.beta = kind.beta;
    task.uniforms = stream;
    task.inverse_mass = kind.mass ? inverse_mass.const_data_ptr<T>() : nullptr;
    task.momentum = kind.momentum ? momentum.const_data_ptr<T>() : nullptr;
    task.kinetic = kinetic.const_data_ptr<double>();
    task.proposal = proposal.known<T>(kind.momentum);
    task.now = now.known<T>(kind.momentum);
    task.acceptance = acceptance.mutable_data_ptr<double>();
    decide({}, task);
    EXPECT_LT((acceptance - expected.acceptance).abs().max().template item<double>(), tolerance);
    EXPECT_TRUE(now.x.equal(expected.now.x));
    EXPECT_TRUE(now.log_prior.equal(expected.now.log_prior));
    EXPECT_TRUE(at::allclose(now.log_likelihood, expected.now.log_likelihood, 0, 0, true));
    EXPECT_TRUE(now.prior_gradient.equal(expected.now.prior_gradient));
    EXPECT_TRUE(now.likelihood_gradient.equal(expected.now.likelihood_gradient));
}

// Whole registers, their rest, rows that fill a block and rows that do not.
TEST(Moves, DecideAsOneWouldParticleByParticle) {
    for (const int64_t dims : {1, 2, 3, 4, 9}) {
        for (const int64_t n : {1, 5, 16, 61, 200}) {
            SCOPED_TRACE(std::to_string(n) + " particles of " + std::to_string(dims));
            for (const Kind& kind : {Kind{}, Kind{0.6, false, false}, Kind{0, true, false}, Kind{0, false, true}}) {
                expect_same_decisions<double>(kind, n, dims, 1e-14);
                expect_same_decisions<float>(kind, n, dims, 1e-5);
            }
        }
    }
}

/// Where a leap that begins and one that goes on lead, and what they say on the way.
struct Leapt {
    torch::Tensor next, kinetic;
    int32_t not_finite = 0;
};
template <class T>
Leapt two_leaps(const Kind& kind, const Place& at, const torch::Tensor& inverse_mass) {
    Leapt leapt{torch::empty_like(at.x), torch::empty({at.x.size(0)}, torch::kFloat64)};
    const torch::Tensor momentum = torch::empty_like(at.x);
    Leap<T> leap;
    leap.n = at.x.size(0);
    leap.dims = at.x.size(1);
    leap.step = h;
    leap.noise = {9, Purpose::Momentum, 2};
    leap.at_x = {at.prior_gradient.const_data_ptr<T>(), at.likelihood_gradient.const_data_ptr<T>(), kind.beta};
    leap.inverse_mass = kind.mass ? inverse_mass.const_data_ptr<T>() : nullptr;
    leap.x = at.x.const_data_ptr<T>();
    leap.next = leapt.next.mutable_data_ptr<T>();
    leap.momentum = momentum.mutable_data_ptr<T>();
    leap.kinetic = leapt.kinetic.mutable_data_ptr<double>();
    begin_leap({}, leap);
    leap.x = leap.next;
    leap.kinetic = nullptr;
    leap.not_finite = &leapt.not_finite;
    go_on_leap({}, leap);
    return leapt;
}

template <class T>
void expect_leaps(const Kind& kind, int64_t n, int64_t dims, double tolerance) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    Place at = place(n, dims, 40, type);
    if (kind.beta == 0) {
        at.likelihood_gradient.fill_(infinity);
    }
    at.x[n - 1][dims - 1] = infinity;
    const torch::Tensor inverse_mass = (numbers({dims}, 50) + 1.5).to(type);
    const torch::Tensor z = torch::empty({n, dims}, torch::kFloat64);
    fill_normals({}, {9, Purpose::Momentum, 2}, n, dims, z.mutable_data_ptr<double>());
    const torch::Tensor mass = kind.mass ? inverse_mass.to(torch::kFloat64) : torch::ones({dims}, torch::kFloat64);
    const torch::Tensor gradient = at.gradient(kind.beta).to(torch::kFloat64);
    const torch::Tensor first = z / mass.sqrt() + h / 2 * gradient;
    const torch::Tensor second = first + h * gradient;
    const torch::Tensor expected = at.x.to(torch::kFloat64) + h * mass * (first + second);
    const Leapt leapt = two_leaps<T>(kind, at, inverse_mass);
    EXPECT_EQ(leapt.not_finite, 1);
    EXPECT_TRUE(at::allclose(leapt.next.to(torch::kFloat64), expected, 0, tolerance));
    EXPECT_TRUE(at::allclose(leapt.kinetic, 0.5 * z.square().sum(1), tolerance, tolerance));
}

TEST(Moves, LeapsAreTheFormula) {
    for (const int64_t dims : {1, 2, 3, 4, 9}) {
        for (const int64_t n : {1, 16, 61}) {
            SCOPED_TRACE(std::to_string(n) + " particles of " + std::to_string(dims));
            for (const Kind& kind : {Kind{}, Kind{0, true, false}}) {
                expect_leaps<double>(kind, n, dims, 1e-14);
                expect_leaps<float>(kind, n, dims, 2e-6);
            }
        }
    }
}

}  // namespace
}  // namespace drift::kernels
