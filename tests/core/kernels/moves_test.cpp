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
constexpr double beta = 0.6;

struct Place {
    torch::Tensor x, log_prior, log_likelihood, prior_gradient, likelihood_gradient;

    template <class T>
    Known<T> known() {
        return {x.data_ptr<T>(), log_prior.data_ptr<double>(), log_likelihood.data_ptr<double>(),
                prior_gradient.data_ptr<T>(), likelihood_gradient.data_ptr<T>()};
    }
    Place copy() const {
        return {x.clone(), log_prior.clone(), log_likelihood.clone(), prior_gradient.clone(),
                likelihood_gradient.clone()};
    }
    torch::Tensor gradient() const { return prior_gradient + beta * likelihood_gradient; }
    torch::Tensor log_density() const { return log_prior + beta * log_likelihood; }
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

/// The same decisions particle by particle.
struct Decided {
    Place now;
    torch::Tensor acceptance;
};
Decided decide_one_by_one(const Place& proposal, const Place& before, const torch::Tensor& momentum,
                          const torch::Tensor& kinetic, const torch::Tensor& inverse_mass) {
    Decided result{before.copy(), torch::empty({before.x.size(0)}, torch::kFloat64)};
    const torch::Tensor last = momentum.to(torch::kFloat64) + h / 2 * proposal.gradient().to(torch::kFloat64);
    const torch::Tensor energy = (0.5 * last.square() * inverse_mass.to(torch::kFloat64)).sum(1);
    const torch::Tensor log_ratio = proposal.log_density() - before.log_density() + kinetic - energy;
    for (int64_t i = 0; i < before.x.size(0); ++i) {
        const double ratio = log_ratio[i].item<double>();
        const bool possible = !std::isnan(ratio) && proposal.log_density()[i].item<double>() < infinity;
        const double probability = possible ? std::exp(std::min(ratio, 0.0)) : 0;
        result.acceptance[i] = probability;
        if (uniform(stream, static_cast<uint64_t>(i), 0) < probability) {
            result.now.x[i] = proposal.x[i];
            result.now.log_prior[i] = proposal.log_prior[i];
            result.now.log_likelihood[i] = proposal.log_likelihood[i];
            result.now.prior_gradient[i] = proposal.prior_gradient[i];
            result.now.likelihood_gradient[i] = proposal.likelihood_gradient[i];
        }
    }
    return result;
}

template <class T>
void expect_same_decisions(int64_t n, int64_t dims, double tolerance) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    Place proposal = place(n, dims, 10, type);
    Place now = place(n, dims, 20, type);
    if (n > 4) {
        spoil(proposal, now);
    }
    const torch::Tensor momentum = numbers({n, dims}, 31).to(type);
    const torch::Tensor kinetic = numbers({n}, 32) + 1;
    const torch::Tensor inverse_mass = (numbers({dims}, 33) + 1.5).to(type);
    const Decided expected = decide_one_by_one(proposal, now, momentum, kinetic, inverse_mass);
    const torch::Tensor acceptance = torch::full({n}, -1., torch::kFloat64);
    Decision<T> task;
    task.n = n;
    task.dims = dims;
    task.step = h;
    task.beta = beta;
    task.uniforms = stream;
    task.inverse_mass = inverse_mass.const_data_ptr<T>();
    task.momentum = momentum.const_data_ptr<T>();
    task.kinetic = kinetic.const_data_ptr<double>();
    task.proposal = proposal.known<T>();
    task.now = now.known<T>();
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
            expect_same_decisions<double>(n, dims, 1e-14);
            expect_same_decisions<float>(n, dims, 1e-5);
        }
    }
}

/// x after a leap that begins with this noise and one that goes on.
template <class T>
torch::Tensor two_leaps(const Place& at, const torch::Tensor& inverse_mass) {
    const torch::Tensor next = torch::empty_like(at.x);
    const torch::Tensor momentum = torch::empty_like(at.x);
    Leap<T> leap;
    leap.n = at.x.size(0);
    leap.dims = at.x.size(1);
    leap.step = h;
    leap.noise = {9, Purpose::Momentum, 2};
    leap.at_x = {at.prior_gradient.const_data_ptr<T>(), at.likelihood_gradient.const_data_ptr<T>(), beta};
    leap.inverse_mass = inverse_mass.const_data_ptr<T>();
    leap.x = at.x.const_data_ptr<T>();
    leap.next = next.mutable_data_ptr<T>();
    leap.momentum = momentum.mutable_data_ptr<T>();
    begin_leap({}, leap);
    leap.x = leap.next;
    go_on_leap({}, leap);
    return next;
}

template <class T>
void expect_leaps(int64_t n, int64_t dims, double tolerance) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const Place at = place(n, dims, 40, type);
    const torch::Tensor inverse_mass = (numbers({dims}, 50) + 1.5).to(type);
    const torch::Tensor z = torch::empty({n, dims}, torch::kFloat64);
    fill_normals({}, {9, Purpose::Momentum, 2}, n, dims, z.mutable_data_ptr<double>());
    const torch::Tensor mass = inverse_mass.to(torch::kFloat64);
    const torch::Tensor gradient = at.gradient().to(torch::kFloat64);
    const torch::Tensor first = z / mass.sqrt() + h / 2 * gradient;
    const torch::Tensor second = first + h * gradient;
    const torch::Tensor expected = at.x.to(torch::kFloat64) + h * mass * (first + second);
    const torch::Tensor taken = two_leaps<T>(at, inverse_mass).to(torch::kFloat64);
    EXPECT_LT((taken - expected).abs().max().template item<double>(), tolerance);
}

TEST(Moves, LeapsAreTheFormula) {
    for (const int64_t dims : {1, 2, 3, 4, 9}) {
        for (const int64_t n : {1, 16, 61}) {
            SCOPED_TRACE(std::to_string(n) + " particles of " + std::to_string(dims));
            expect_leaps<double>(n, dims, 1e-14);
            expect_leaps<float>(n, dims, 2e-6);
        }
    }
}

}  // namespace
}  // namespace drift::kernels
