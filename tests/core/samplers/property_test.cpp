// Any method on any random mixture problem gives finite results or a named failure.
#include "core/kernels/normals.h"
#include "support/problems.h"

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

void expect_finite(const drift::Run& run) {
    const Samples samples = run.samples();
    for (const float value : samples.values) {
        ASSERT_TRUE(std::isfinite(value));
    }
    double total = 0;
    for (const double log_weight : samples.log_weights) {
        ASSERT_FALSE(std::isnan(log_weight));
        total += std::exp(log_weight);
    }
    EXPECT_NEAR(total, 1, 1e-9);
    EXPECT_EQ(run.summary().non_finite, 0);
}

class AnyMethod : public ::testing::TestWithParam<std::string> {};

TEST_P(AnyMethod, IsFiniteOnRandomMixturesOrSaysWhyNot) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        Scenario scenario = random_problem(seed, GetParam());
        for (const char* key : {"steps", "rungs", "iterations"}) {
            if (scenario.sampler.params.contains(key)) {
                scenario.sampler.params.set(key, int64_t{15});
            }
        }
        try {
            expect_finite(test::finished(scenario, seed % 2 == 0 ? Precision::Float32 : Precision::Float64));
        } catch (const UserError& error) {
            EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
        } catch (const RunError& error) {
            EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
        }
    }
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
