// What kernels estimate of a linear measurement is what its values alone say, with the same random numbers.
#include "support/gradient_free.h"

namespace drift {
namespace {

/// dims coordinates, of which rows combinations are measured.
Problem measured(int64_t dims, int64_t rows) {
    Scenario scenario = test::scenario("gaussian", "linear_gaussian", "dps");
    const torch::Tensor numbers = test::cloud(rows + 1, dims + 1, 1).contiguous();
    const double* all = numbers.const_data_ptr<double>();
    scenario.prior.params.set("mean", test::vector(std::vector<double>(all, all + dims)));
    scenario.prior.params.set("covariance", Array{{}, {0.7}});
    scenario.condition.params.set("matrix", Array{{rows, dims}, std::vector<double>(all + 1, all + 1 + rows * dims)});
    scenario.condition.params.set("observation", test::vector(std::vector<double>(all, all + rows)));
    return test::task(scenario).problem;
}

template <class Make, class Options>
void expect_what_values_say(const Make& make, const Options& options) {
    for (const auto& [dims, rows] : std::vector<std::pair<int64_t, int64_t>>{{2, 1}, {3, 1}, {5, 3}, {16, 2}}) {
        const Problem problem = measured(dims, rows);
        const torch::Tensor x = test::cloud(37, dims, 2);
        const torch::Tensor fused = test::evaluate(*make(problem, options), x, 0.7).pull;
        const torch::Tensor plain = test::evaluate(*make(test::black_box(problem), options), x, 0.7).pull;
        EXPECT_GT(plain.abs().max().item<double>(), 0.01);
        EXPECT_LT(test::largest(fused, plain), 1e-9 * (1 + plain.abs().max().item<double>())) << dims << " " << rows;
    }
}

TEST(Probes, GiveTheDifferencesOfTheValues) {
    expect_what_values_say(smoothed_twist, SmoothedOptions{});
}

TEST(Probes, GiveThePolicyGradientOfTheValues) {
    PolicyGradientOptions options;
    expect_what_values_say(policy_twist, options);
    options.temperature = 30;
    options.samples = 2;
    expect_what_values_say(policy_twist, options);
}

}  // namespace
}  // namespace drift
