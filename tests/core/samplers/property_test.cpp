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

/// Means from N(0, 16 I), one variance each, a measurement with noise between far less and far more than the spread.
Scenario random_problem(uint64_t seed, const std::string& sampler) {
    const std::vector<Shape> shapes{{1, 1, 1}, {2, 8, 1}, {3, 4, 2}, {8, 8, 2}, {5, 2, 4}};
    const Shape shape = shapes.at(seed % shapes.size());
    Numbers numbers(seed);
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", sampler);
    ParamSet& prior = scenario.prior.params;
    prior.set("means", Array{{shape.components, shape.dims}, numbers.normals(shape.components * shape.dims, 4)});
    Array variances{{shape.components, shape.dims}, {}};
    std::vector<double> weights;
    for (int64_t j = 0; j < shape.components; ++j) {
        for (int64_t k = 0; k < shape.dims; ++k) {
            variances.data.push_back(std::exp(numbers.uniform(-4, 1)));
        }
        weights.push_back(numbers.uniform(0.1, 1));
    }
    if (shape.components != shape.dims) {  // else a list of vectors would be read as a matrix
        prior.set("covariance", variances);
    }
    prior.set("weights", test::vector(weights));
    ParamSet& condition = scenario.condition.params;
    condition.set("matrix", Array{{shape.rows, shape.dims}, numbers.normals(shape.rows * shape.dims, 1)});
    condition.set("observation", test::vector(numbers.normals(shape.rows, 3)));
    condition.set("noise", std::exp(numbers.uniform(-3, 1)));
    scenario.schedule.params.set("steps", int64_t{15});
    scenario.particles = 64;
    scenario.seed = seed;
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

class AnyMethod : public ::testing::TestWithParam<std::string> {};

TEST_P(AnyMethod, IsFiniteOnRandomMixturesOrSaysWhyNot) {
    int finished = 0;
    for (uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        Scenario scenario = random_problem(seed, GetParam());
        for (const char* key : {"steps", "rungs", "iterations"}) {
            if (scenario.sampler.params.contains(key)) {
                scenario.sampler.params.set(key, int64_t{15});
            }
        }
        try {
            expect_finite(test::finished(scenario, Precision::Float32), GetParam() == "ula");
            ++finished;
        } catch (const UserError& error) {
            EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
        } catch (const RunError& error) {
            EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
        }
    }
    EXPECT_GT(finished, 0) << "every problem was refused";
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
