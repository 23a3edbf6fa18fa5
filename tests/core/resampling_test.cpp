#include "core/resampling.h"

#include "core/guided_state.h"
#include "core/weigh.h"
#include "support/problems.h"
#include "support/twists.h"

#include <set>

namespace drift {
namespace {

/// A state of n particles of the plane with uneven weights.
State weighed(int64_t n, int64_t step) {
    const Task task = test::task(test::scene_a("tds"));
    State state;
    allocate(state, n, task, {});
    state.step = step;
    state.x.copy_(test::cloud(n, 2, 3));
    torch::Tensor log_weights = torch::empty({n, 1}, torch::kFloat64);
    Random{9}.fill_normals(log_weights, kernels::Purpose::Metric, 0);
    const torch::Tensor terms = log_weights.squeeze(1).contiguous();
    kernels::WeightUpdate update;
    update.new_twist = terms.const_data_ptr<double>();
    weigh(state, update, "step 0");
    return state;
}

std::vector<int32_t> parents_of(const State& state) {
    const auto* first = state.parents.const_data_ptr<int32_t>();
    return {first, first + state.parents.size(0)};
}

TEST(Resampling, CountsDistinctParentsForEverySchemeAndOrder) {
    for (const std::string& scheme : resampling_names()) {
        for (const std::string& order : particle_order_names()) {
            SCOPED_TRACE(scheme + " " + order);
            State state = weighed(500, 3);
            const int64_t count = choose_parents(state, resampling_scheme(scheme), Random{4}, 0, particle_order(order));
            const std::vector<int32_t> parents = parents_of(state);
            const std::set<int32_t> different(parents.begin(), parents.end());
            EXPECT_EQ(count, static_cast<int64_t>(different.size()));
            EXPECT_GE(*different.begin(), 0);
            EXPECT_LT(*different.rbegin(), 500);
            EXPECT_EQ(state.scattered, !std::is_sorted(parents.begin(), parents.end()));
        }
    }
}

// The order must not bias anybody's number of children, T14 in small.
TEST(Resampling, GivesEveryParticleItsShareInAnyOrder) {
    constexpr int64_t n = 20;
    constexpr int repetitions = 5000;
    for (const std::string& scheme : resampling_names()) {
        SCOPED_TRACE(scheme);
        State state = weighed(n, 0);
        const torch::Tensor share = (state.log_weights - state.log_sum).exp();
        std::vector<double> mean(n), squares(n);
        for (int64_t r = 0; r < repetitions; ++r) {
            state.step = r;
            choose_parents(state, resampling_scheme(scheme), Random{4}, 0, ParticleOrder::Hilbert);
            std::vector<double> count(n);
            for (const int32_t parent : parents_of(state)) {
                ++count[static_cast<size_t>(parent)];
            }
            for (size_t i = 0; i < n; ++i) {
                mean[i] += count[i] / repetitions;
                squares[i] += count[i] * count[i] / repetitions;
            }
        }
        for (size_t i = 0; i < n; ++i) {
            const double expected = static_cast<double>(n) * share[static_cast<int64_t>(i)].item<double>();
            const double error = std::sqrt((squares[i] - mean[i] * mean[i]) / repetitions);
            EXPECT_NEAR(mean[i], expected, 4.5 * error + 1e-9) << i;
        }
    }
}

/// How many children stay with the same parent when the weights change a little, particles being where they are.
int64_t paired(ParticleOrder order) {
    State one = weighed(4000, 1);
    State other = weighed(4000, 1);
    // The same cloud under other numbers, as of a run whose particles were drawn in another order.
    const torch::Tensor shuffled = torch::arange(4000, torch::kInt64).mul(1009).remainder(4000);
    other.x.copy_(one.x.index_select(0, shuffled));
    other.log_weights.copy_(one.log_weights.index_select(0, shuffled));
    choose_parents(one, ResamplingScheme::Systematic, Random{4}, 0, order);
    choose_parents(other, ResamplingScheme::Systematic, Random{4}, 0, order);
    const torch::Tensor a = one.x.index_select(0, one.parents.to(torch::kInt64));
    const torch::Tensor b = other.x.index_select(0, other.parents.to(torch::kInt64));
    return (a - b).square().sum(1).lt(0.01).sum().item<int64_t>();
}

TEST(Resampling, AlongACurveKeepsPairedRunsPaired) {
    EXPECT_EQ(paired(ParticleOrder::Hilbert), 4000);
    EXPECT_LT(paired(ParticleOrder::None), 400);
}

TEST(Weigh, TellsFamiliesInNoOrderLikeSortedOnes) {
    State sorted = weighed(300, 0);
    sorted.families = true;
    sorted.eves.copy_(torch::arange(300, torch::kInt32).div(7, "floor"));
    State scattered = weighed(300, 0);
    scattered.families = scattered.scattered = true;
    const torch::Tensor shuffled = torch::arange(300, torch::kInt64).mul(101).remainder(300);
    scattered.eves.copy_(sorted.eves.index_select(0, shuffled));
    const torch::Tensor terms = sorted.log_weights.clone();
    const torch::Tensor shuffled_terms = terms.index_select(0, shuffled);
    kernels::WeightUpdate update;
    update.new_twist = terms.const_data_ptr<double>();
    weigh(sorted, update, "step 1");
    update.new_twist = shuffled_terms.const_data_ptr<double>();
    weigh(scattered, update, "step 1");
    EXPECT_EQ(sorted.numbers.eves, 43);
    EXPECT_EQ(scattered.numbers.eves, 43);
    EXPECT_NEAR(scattered.numbers.genealogical_ess, sorted.numbers.genealogical_ess, 1e-10);
    EXPECT_NEAR(scattered.numbers.log_z_sd, sorted.numbers.log_z_sd, 1e-12);
    EXPECT_LT(sorted.numbers.genealogical_ess, sorted.numbers.ess);
}

}  // namespace
}  // namespace drift
