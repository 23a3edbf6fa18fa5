// T13 and T23 of guidance.md 6.2: what must not matter, such as the order of the particles and the units of the data.
#include "core/guided.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

/// x' = scale (R x + shift) with R a rotation by `angle`, in the plane.
struct Motion {
    double angle = 0;
    double shift_x = 0, shift_y = 0;
    double scale = 1;

    torch::Tensor rotation() const {
        const double c = std::cos(angle), s = std::sin(angle);
        return torch::tensor({c, -s, s, c}, torch::kFloat64).view({2, 2});
    }
    torch::Tensor shift() const { return torch::tensor({shift_x, shift_y}, torch::kFloat64); }
    torch::Tensor turned(const torch::Tensor& rows) const { return rows.matmul(rotation().t()) * scale; }
    torch::Tensor moved(const torch::Tensor& rows) const { return turned(rows) + shift() * scale; }
};

Array array_of(const torch::Tensor& tensor) {
    const torch::Tensor flat = tensor.contiguous();
    return {tensor.sizes().vec(), {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()}};
}

/// Three components of different shapes under two measurements, as seen after `motion`.
Scenario after(const Motion& motion, const std::string& sampler) {
    const torch::Tensor means = torch::tensor({-2.0, 1.0, 0.5, -1.5, 3.0, 2.0}, torch::kFloat64).view({3, 2});
    const torch::Tensor shapes =
        torch::tensor({0.5, 0.1, 0.1, 0.2, 0.3, -0.1, -0.1, 0.6, 0.4, 0.0, 0.0, 0.4}, torch::kFloat64).view({3, 2, 2});
    const torch::Tensor matrix = torch::tensor({1.0, 0.4}, torch::kFloat64).view({1, 2});
    const torch::Tensor r = motion.rotation();
    const torch::Tensor turned_matrix = matrix.matmul(r.t());
    const torch::Tensor y = torch::full({1}, -0.7, torch::kFloat64) + turned_matrix.matmul(motion.shift());
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", sampler);
    scenario.prior.params.set("means", array_of(motion.moved(means)));
    const torch::Tensor covariances = r.matmul(shapes).matmul(r.t()) * (motion.scale * motion.scale);
    scenario.prior.params.set("covariance", array_of((covariances + covariances.transpose(1, 2)) / 2));
    scenario.prior.params.set("weights", test::vector({0.5, 0.3, 0.2}));
    scenario.condition.params.set("matrix", array_of(turned_matrix));
    scenario.condition.params.set("observation", array_of(y * motion.scale));
    scenario.condition.params.set("noise", 0.4 * motion.scale);
    scenario.schedule.params.set("sigma_min", 0.05 * motion.scale);
    scenario.schedule.params.set("sigma_max", 30 * motion.scale);
    scenario.schedule.params.set("steps", int64_t{12});
    scenario.particles = 300;
    return scenario;
}

// T23: rotation, translation and units, for everything that guidance knows about a particle.
TEST(Invariance, TwistsMoveWithTheProblem) {
    const std::vector<Motion> motions{{0.7, 0, 0, 1}, {0, 3, -5, 1}, {0, 0, 0, 3.7}, {-1.9, 0.3, 2, 0.2}};
    const Task plain = test::task(after({}, "tds"));
    const torch::Tensor x = cloud(60, 2, 3);
    for (size_t i = 0; i < motions.size(); ++i) {
        const Motion& motion = motions[i];
        const Task moved = test::task(after(motion, "tds"));
        EXPECT_NEAR(moved.problem.exact->log_z, plain.problem.exact->log_z - std::log(motion.scale), 1e-9) << i;
        for (const ErrorModel model : {ErrorModel::Point, ErrorModel::Pigdm, ErrorModel::Tweedie}) {
            for (const double sigma : {0.06, 1.1, 17.0}) {
                SCOPED_TRACE("motion " + std::to_string(i) + ", model " + std::to_string(static_cast<int>(model)));
                const TwistOptions options{model, PullForm::Score, 0};
                const Evaluation before = evaluate(*make_twist(plain.problem, options), x, sigma);
                const Evaluation now =
                    evaluate(*make_twist(moved.problem, options), motion.moved(x), sigma * motion.scale);
                EXPECT_LT(largest(now.denoised, motion.moved(before.denoised)), 1e-9 * motion.scale);
                EXPECT_LT(largest(now.log_twist, before.log_twist - std::log(motion.scale)), 1e-9);
                const double force = 1 + before.pull.abs().max().item<double>();
                EXPECT_LT(largest(now.pull, motion.turned(before.pull)), 1e-9 * motion.scale * force);
            }
        }
    }
}

/// The same, with what a sampler measures in units of its own: eps of a Langevin step is a squared length. Few steps of
/// chains, which make much of little differences.
Scenario in_units(double scale, const std::string& sampler) {
    Scenario scenario = after({0, 0, 0, scale}, sampler);
    ParamSet& params = scenario.sampler.params;
    if (!walks_noise(scenario) && params.contains("steps")) {
        params.set("steps", int64_t{4});
    }
    if (params.contains("step_size") && sampler != "hmc") {  // whose mass has the units
        params.set("step_size", std::get<double>(params.at("step_size").value) * scale * scale);
    }
    if (params.contains("sigma_squared")) {  // a sampler that learns
        params.set("sigma_squared", std::get<double>(params.at("sigma_squared").value) * scale * scale);
        params.set("iterations", int64_t{4});
        params.set("sources.buffer", 0.0);  // which rounds to float32
    }
    return scenario;
}

class EverySamplerInUnits : public ::testing::TestWithParam<std::string> {};

// T23: the starting noise scales with sigma, so whole runs do, particle by particle.
TEST_P(EverySamplerInUnits, GivesTheSameRunInOtherUnits) {
    for (const double scale : {8.0, 0.3}) {
        const drift::Run plain = test::finished(in_units(1, GetParam()));
        const drift::Run scaled = test::finished(in_units(scale, GetParam()));
        const Samples a = plain.samples();
        const Samples b = scaled.samples();
        for (size_t i = 0; i < a.values.size(); ++i) {
            const auto expected = static_cast<double>(a.values[i]) * scale;
            ASSERT_NEAR(static_cast<double>(b.values[i]), expected, 1e-6 * scale * (1 + std::abs(expected / scale)));
        }
        for (size_t i = 0; i < a.log_weights.size(); ++i) {
            ASSERT_NEAR(a.log_weights[i], b.log_weights[i], 1e-7);
        }
        if (plain.scene()->weighted) {
            EXPECT_NEAR(scaled.summary().log_z, plain.summary().log_z - std::log(scale), 1e-9);
        }
    }
}

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Sampler)) {
        if (item.params.at("space").options.size() > 1) {  // noise has one unit, whatever that of the data
            result.push_back(item.key);
        }
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySamplerInUnits, ::testing::ValuesIn(keys()),
                         [](const auto& test) { return test.param; });

torch::Tensor weighted_mean(const State& state, const torch::Tensor& rows) {
    return (at::softmax(state.log_weights, 0).unsqueeze(1) * rows).sum(0);
}

// T13: the last step is deterministic, so it can be taken from the same particles in another order.
TEST(Invariance, RelabellingParticlesChangesNoEstimate) {
    const Task task = test::task(after({}, "tds"));
    const auto sampler = guided_diffusion(task, make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0}),
                                          {.weighted = true, .resample_below = 0.5});
    const Random random{5};
    State now, next;
    sampler->init(now, 500, random);
    bool families = false;
    while (now.step + 1 < task.schedule.steps()) {
        sampler->step(now, next, random);
        std::swap(now, next);
        families = families || now.families;
    }
    ASSERT_TRUE(families) << "it resampled on the way";
    ASSERT_FALSE(now.resampled) << "else the parents would have to be relabelled as well";
    State straight, turned_around;
    sampler->step(now, straight, random);
    // Families are kept in the order of their first ancestors, so those get new names as well.
    for (torch::Tensor* rows :
         {&now.x, &now.at_x.denoised, &now.at_x.pull, &now.at_x.log_twist, &now.log_weights, &now.eves}) {
        *rows = rows->flip(0);
    }
    now.eves = 499 - now.eves;
    sampler->step(now, turned_around, random);
    EXPECT_FALSE(torch::equal(straight.x, turned_around.x));
    EXPECT_NEAR(turned_around.numbers.log_z, straight.numbers.log_z, 1e-12);
    EXPECT_NEAR(turned_around.numbers.ess, straight.numbers.ess, 1e-12 * 500);
    EXPECT_NEAR(turned_around.numbers.log_z_sd, straight.numbers.log_z_sd, 1e-12);
    EXPECT_NEAR(turned_around.numbers.perplexity, straight.numbers.perplexity, 1e-12 * 500);
    EXPECT_EQ(turned_around.numbers.eves, straight.numbers.eves);
    for (const int power : {1, 2}) {
        EXPECT_LT(largest(weighted_mean(turned_around, turned_around.x.pow(power)),
                          weighted_mean(straight, straight.x.pow(power))),
                  1e-12)
            << power;
    }
}

/// log psi plus a number for each noise level.
class Lifted final : public Twist {
public:
    Lifted(std::shared_ptr<const Twist> twist, double height) : twist_(std::move(twist)), height_(height) {}
    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        twist_->evaluate(x, sigma, out);
        out.log_twist.add_(height_ * std::sin(3 * sigma));
    }

private:
    std::shared_ptr<const Twist> twist_;
    double height_;
};

// T13: factors of psi that depend on the step alone cancel, in the weights of every step and in the final estimate.
TEST(Invariance, ScalingPsiByAConstantForEachStepCancels) {
    const Task task = test::task(after({}, "tds"));
    const auto run = [&](double height) {
        const auto twist = make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, 0});
        const auto sampler = guided_diffusion(task, std::make_shared<const Lifted>(twist, height),
                                              {.weighted = true, .resample_below = 0.5});
        std::vector<State> states(static_cast<size_t>(task.schedule.steps()) + 1);
        sampler->init(states[0], 400, Random{2});
        for (size_t k = 0; k + 1 < states.size(); ++k) {
            sampler->step(states[k], states[k + 1], Random{2});
        }
        return states;
    };
    const std::vector<State> plain = run(0);
    for (const double height : {50.0, 1e6}) {  // so much is carried by the evidence in place of the weights
        SCOPED_TRACE(height);
        const std::vector<State> lifted = run(height);
        bool resampled = false, carried = false;
        for (size_t k = 0; k < plain.size(); ++k) {
            resampled = resampled || plain[k].resampled;
            carried = carried || std::abs(lifted[k].log_z_base) > height / 2;
            EXPECT_EQ(plain[k].resampled, lifted[k].resampled);
            EXPECT_NEAR(plain[k].numbers.ess, lifted[k].numbers.ess, 1e-8 * std::max(1.0, height / 50));
            EXPECT_LT(largest(plain[k].log_weights - plain[k].log_sum, lifted[k].log_weights - lifted[k].log_sum),
                      1e-9 * std::max(1.0, height / 50));
            EXPECT_LT(largest(plain[k].x, lifted[k].x), 1e-9);
        }
        EXPECT_TRUE(resampled);
        EXPECT_TRUE(carried || height < 1e5);
        EXPECT_NEAR(plain.back().numbers.log_z, lifted.back().numbers.log_z, 1e-9);
    }
}

}  // namespace
}  // namespace drift
