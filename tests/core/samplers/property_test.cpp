// Any method on any random mixture problem gives finite results or a named failure.
#include "core/kernels/normals.h"
#include "support/problems.h"

#include <algorithm>

namespace drift {
namespace {

/// Random numbers of one problem, one after the other.
class Numbers {
public:
    explicit Numbers(uint64_t seed) : stream_{seed, kernels::Purpose::Problem, 77} {}
    double normal() { return kernels::normal(stream_, used_++, 0); }
    double uniform(double low, double high) { return low + (high - low) * kernels::uniform(stream_, used_++, 0); }
    std::vector<double> normals(int64_t count, double spread) {
        std::vector<double> values;
        for (int64_t i = 0; i < count; ++i) {
            values.push_back(spread * normal());
        }
        return values;
    }

private:
    kernels::RandomStream stream_;
    uint64_t used_ = 0;
};

struct Shape {
    int64_t dims, components, rows;
};

/// A matrix B B^T / d + v I for each component, or, for every other problem, one variance for each coordinate.
Array covariances(Numbers& numbers, const Shape& shape, bool full) {
    const auto d = static_cast<size_t>(shape.dims);
    Array result{{shape.components, shape.dims, shape.dims}, {}};
    for (int64_t j = 0; j < shape.components; ++j) {
        const std::vector<double> b = numbers.normals(shape.dims * shape.dims, full ? 1 : 0);
        for (size_t row = 0; row < d; ++row) {
            for (size_t column = 0; column < d; ++column) {
                double value = row == column ? std::exp(numbers.uniform(-4, 1)) : 0;
                for (size_t k = 0; k < d; ++k) {
                    value += b[row * d + k] * b[column * d + k] / static_cast<double>(d);
                }
                result.data.push_back(value);
            }
        }
    }
    return result;
}

/// Means from N(0, 16 I), a measurement with noise between far less and far more than the spread.
Scenario random_problem(uint64_t seed, const std::string& sampler) {
    const std::vector<Shape> shapes{{1, 1, 1}, {2, 8, 1}, {3, 4, 2}, {8, 8, 2}, {5, 2, 4}};
    const Shape shape = shapes.at(seed % shapes.size());
    Numbers numbers(seed);
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", sampler);
    ParamSet& prior = scenario.prior.params;
    prior.set("means", Array{{shape.components, shape.dims}, numbers.normals(shape.components * shape.dims, 4)});
    prior.set("covariance", covariances(numbers, shape, seed % 2 == 0));
    std::vector<double> weights;
    for (int64_t j = 0; j < shape.components; ++j) {
        weights.push_back(numbers.uniform(0.1, 1));
    }
    prior.set("weights", test::vector(weights));
    ParamSet& condition = scenario.condition.params;
    condition.set("matrix", Array{{shape.rows, shape.dims}, numbers.normals(shape.rows * shape.dims, 1)});
    condition.set("observation", test::vector(numbers.normals(shape.rows, 3)));
    condition.set("noise", std::exp(numbers.uniform(-3, 1)));
    scenario.schedule.params.set("steps", int64_t{15});
    scenario.particles = 64;
    scenario.seed = seed;
    for (const char* key : {"steps", "rungs", "iterations"}) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, int64_t{15});
        }
    }
    return scenario;
}

/// Weights are weights, and particles that have left for infinity are counted: a step of fixed size may do that where a
/// component is narrow, and nothing refuses it in Langevin chains without a decision.
void expect_finite(const drift::Run& run, bool may_diverge) {
    const Samples samples = run.samples();
    const size_t n = samples.log_weights.size();
    const size_t d = samples.values.size() / n;
    int64_t broken = 0;
    double total = 0;
    for (size_t i = 0; i < n; ++i) {
        const float* row = samples.values.data() + i * d;
        broken += std::all_of(row, row + d, [](float value) { return std::isfinite(value); }) ? 0 : 1;
        ASSERT_FALSE(std::isnan(samples.log_weights[i]));
        total += std::exp(samples.log_weights[i]);
    }
    EXPECT_NEAR(total, 1, 1e-9);
    EXPECT_EQ(run.summary().non_finite, broken);
    EXPECT_TRUE(broken == 0 || may_diverge) << broken;
}

/// Whether it came to an end. A setting that does not go with the problem is refused by name, and a run that fails on
/// the way says at which step, or what there is about the observation.
bool finishes_or_says_why_not(const Scenario& scenario) {
    try {
        expect_finite(test::finished(scenario, Precision::Float32), scenario.sampler.type == "ula");
        return true;
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find('\''), std::string::npos) << error.what();
    } catch (const RunError& error) {
        const std::string why = error.what();
        EXPECT_TRUE(why.find("step") != std::string::npos || why.find("observation") != std::string::npos) << why;
    }
    return false;
}

class AnyMethod : public ::testing::TestWithParam<std::string> {};

TEST_P(AnyMethod, IsFiniteOnRandomMixturesOrSaysWhyNot) {
    int finished = 0;
    for (uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        finished += finishes_or_says_why_not(random_problem(seed, GetParam())) ? 1 : 0;
    }
    EXPECT_GT(finished, 0) << "every problem was refused";
}

TEST_P(AnyMethod, IsFiniteHoweverTheSensorErrsOrSaysWhyNot) {
    const Item& condition = item_at(Kind::Condition, "linear_gaussian");
    for (const std::string& noise_model : condition.params.at("noise_model").options) {
        for (const uint64_t seed : {12, 14}) {
            SCOPED_TRACE(noise_model + " " + std::to_string(seed));
            Scenario scenario = random_problem(seed, GetParam());
            ParamSet& params = scenario.condition.params;
            if (noise_model == "poisson") {  // counts
                Array counts = std::get<Array>(params.at("observation").value);
                std::ranges::transform(counts.data, counts.data.begin(), [](double y) { return std::round(y * y); });
                params.set("observation", counts);
            }
            params.set("noise_model", noise_model);
            finishes_or_says_why_not(scenario);
        }
    }
}

/// Everything that a method can be told to do differently, one at a time: each of several choices, each switch.
std::vector<std::pair<std::string, Value>> choices(const Item& item) {
    std::vector<std::pair<std::string, Value>> result;
    for (const Param& param : item.params) {
        for (const std::string& option : param.options) {
            result.emplace_back(param.key, option);
        }
        if (const bool* is_on = std::get_if<bool>(&param.value)) {
            result.emplace_back(param.key, !*is_on);
        }
    }
    return result;
}

TEST_P(AnyMethod, IsFiniteWithEachOfItsChoicesOrSaysWhyNot) {
    int finished = 0;
    for (const auto& [key, value] : choices(item_at(Kind::Sampler, GetParam()))) {
        for (const uint64_t seed : {22, 24}) {
            const std::string* text = std::get_if<std::string>(&value);
            SCOPED_TRACE(key + " " + (text ? *text : "switched") + " " + std::to_string(seed));
            Scenario scenario = random_problem(seed, GetParam());
            scenario.sampler.params.set(key, value);
            finished += finishes_or_says_why_not(scenario) ? 1 : 0;
        }
    }
    EXPECT_GT(finished, 0) << "every choice was refused";
}

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Sampler)) {
        result.push_back(item.key);
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(Catalog, AnyMethod, ::testing::ValuesIn(keys()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace drift
