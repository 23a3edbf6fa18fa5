// Every condition of the catalogue: T22 of guidance.md 6.2 for its gradient, and the dot product test for the
// measurements that are linear.
#include "core/array_file.h"
#include "core/io/files.h"
#include "core/io/npy.h"
#include "core/nets/architecture_json.h"
#include "core/problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace drift {
namespace {

constexpr int64_t side = 8;

/// Says what shape its samples have, which is all that conditions ask a prior.
class Shape final : public Prior {
public:
    explicit Shape(std::vector<int64_t> shape) : shape_(std::move(shape)) {}
    std::vector<int64_t> sample_shape() const override { return shape_; }
    double data_variance() const override { return 1; }
    torch::Tensor denoise(const torch::Tensor& x, double) const override { return x; }
    Linearised linearise(const torch::Tensor& x, double) const override {
        return {x, [](const torch::Tensor& w) { return w; }};
    }

private:
    std::vector<int64_t> shape_;
};

torch::Tensor waves(const std::vector<int64_t>& shape, double pace) {
    return torch::sin(torch::arange(c10::multiply_integers(shape), torch::kFloat64) * pace).view(shape);
}

class EveryCondition : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_);
        const std::vector<double> pixels(side * side, 0.25);
        write_file((folder_ / "picture.npy").string(), npy_bytes({side, side}, std::span<const double>(pixels)));
        Classifier net({.image = side, .width = 8, .deep_width = 8, .features = 6, .classes = 4, .groups = 2});
        ArrayFile file;
        file.header = {{"format", weights_format}, {"architecture", to_json(net.config())}};
        const torch::Tensor flat = net.parameters().initial_values(3);
        for (const ParameterEntry& entry : net.parameters().entries()) {
            const torch::Tensor part = flat.narrow(0, entry.offset, entry.count);
            file.arrays.push_back({entry.name, part.view(entry.stored_shape())});
        }
        write_array_file(folder_ / "small.weights", file);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::shared_ptr<const Condition> make_from(const Choice& choice, const Prior& prior) const {
        return make<Condition>(choice, prior, MakeContext{torch::kFloat64, folder_.string(), 4});
    }

    /// On pictures; `values` in place of the defaults.
    std::shared_ptr<const Condition> on_pictures(const std::string& type,
                                                 const std::vector<std::pair<std::string, Value>>& values) const {
        Choice choice = default_choice(Kind::Condition, type);
        if (choice.params.contains("image")) {
            choice.params.set("image", ImageSource{.dataset = "", .index = 0, .file = "picture.npy"});
            choice.params.set("noise", 0.3);
        }
        for (const auto& [key, value] : values) {
            choice.params.set(key, value);
        }
        return make_from(choice, Shape({1, side, side}));
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_conditions_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

struct Case {
    std::string name;
    std::shared_ptr<const Condition> condition;
    std::vector<int64_t> shape;
    int64_t measured = 0;  // numbers of y
};

class LinearConditions : public EveryCondition {
protected:
    std::vector<Case> cases() const {
        const std::vector<int64_t> picture{1, side, side};
        std::vector<Case> all;
        for (const auto& [mask, seen] : std::vector<std::pair<std::string, int64_t>>{
                 {"left_half", 32}, {"right_half", 32}, {"lower_half", 32}, {"box", 58}, {"random", 16}}) {
            all.push_back(
                {"inpainting " + mask,
                 on_pictures("inpainting", {{"mask", mask}, {"box", Array{{4}, {1, 2, 2, 3}}}, {"share", 0.25}}),
                 picture, seen});
        }
        all.push_back({"super_resolution", on_pictures("super_resolution", {{"factor", int64_t{4}}}), picture, 4});
        all.push_back({"blur", on_pictures("blur", {{"sigma", 0.9}}), picture, 64});
        Choice choice = default_choice(Kind::Condition, "linear_gaussian");
        choice.params.set("matrix", Array{{2, 3}, {1, 0.4, -0.3, 0.2, 1.2, 2}});
        choice.params.set("observation", Array{{2}, {0.5, -1}});
        choice.params.set("noise", 0.3);
        all.push_back({"linear_gaussian", make_from(choice, Shape({3})), {3}, 2});
        return all;
    }

    static torch::Tensor batch(const Case& c, double pace) {
        std::vector<int64_t> shape = c.shape;
        shape.insert(shape.begin(), 3);
        return waves(shape, pace);
    }
};

TEST_F(LinearConditions, HaveTheAdjointOfTheirMeasurement) {
    for (const Case& c : cases()) {
        ASSERT_NE(c.condition->linear(), nullptr) << c.name;
        const LinearOperator& A = *c.condition->linear()->A;
        EXPECT_EQ(A.output_size(), c.measured) << c.name;
        const torch::Tensor x = batch(c, 0.7).flatten(1);
        const torch::Tensor v = waves({3, A.output_size()}, 1.3);
        const torch::Tensor left = (A.forward(x) * v).sum(1);
        const torch::Tensor right = (x * A.adjoint(v)).sum(1);
        EXPECT_GT(left.abs().min().item<double>(), 1e-3) << c.name << ": nothing is compared";
        EXPECT_LT((left - right).abs().max().item<double>(), 1e-12) << c.name;
    }
}

TEST_F(LinearConditions, AreNormalDensitiesOfWhatWasMeasured) {
    for (const Case& c : cases()) {
        const LinearGaussian& linear = *c.condition->linear();
        const torch::Tensor x = batch(c, 0.7);
        const torch::Tensor e = linear.y - x.flatten(1).matmul(linear.A->matrix().t());
        const double variance = linear.noise * linear.noise;
        const torch::Tensor expected = -0.5 * (e.square().sum(1) / variance) -
                                       0.5 * static_cast<double>(c.measured) * std::log(2 * M_PI * variance);
        EXPECT_LT((c.condition->log_likelihood(x) - expected).abs().max().item<double>(), 1e-9) << c.name;
    }
}

TEST_F(LinearConditions, HaveTheGradientOfTheirLogLikelihood) {
    for (const Case& c : cases()) {
        const torch::Tensor x = batch(c, 0.7);
        const torch::Tensor direction = batch(c, 1.9);
        const torch::Tensor slope = (c.condition->gradient(x) * direction).flatten(1).sum(1);
        const double h = 1e-3;  // a parabola: central differences are exact but for rounding
        const torch::Tensor change =
            (c.condition->log_likelihood(x + h * direction) - c.condition->log_likelihood(x - h * direction)) / (2 * h);
        EXPECT_GT(slope.abs().min().item<double>(), 1e-3) << c.name << ": nothing is compared";
        EXPECT_LT(((slope - change) / change).abs().max().item<double>(), 1e-6) << c.name;
    }
}

TEST_F(LinearConditions, HideWhatTheirMaskSays) {
    const auto seen = [this](const std::string& mask) {
        const auto condition = on_pictures("inpainting", {{"mask", mask}, {"box", Array{{4}, {1, 2, 2, 3}}}});
        return condition->measurement_picture().isnan().logical_not()[0];
    };
    torch::Tensor box = torch::ones({side, side}, torch::kBool);
    box.narrow(0, 1, 2).narrow(1, 2, 3).fill_(false);
    EXPECT_TRUE(torch::equal(seen("box"), box));
    EXPECT_FALSE(seen("left_half").narrow(1, 0, 4).any().item<bool>());
    EXPECT_FALSE(seen("right_half").narrow(1, 4, 4).any().item<bool>());
    EXPECT_FALSE(seen("lower_half").narrow(0, 4, 4).any().item<bool>());
    EXPECT_EQ(seen("random").sum().item<int64_t>(), 16);
}

// In float32, as networks compute: the tolerance is that of its rounding over the step of the differences.
TEST_F(EveryCondition, ClassHasTheGradientOfItsReward) {
    const auto condition = on_pictures(
        "class", {{"weights", std::string("small.weights")}, {"labels", Array{{2}, {1, 3}}}, {"strength", 2.5}});
    EXPECT_EQ(condition->linear(), nullptr);
    const torch::Tensor x = waves({11, 1, side, side}, 0.7);
    const torch::Tensor gradient = condition->gradient(x);
    const torch::Tensor direction = gradient / gradient.flatten(1).norm(2, 1).view({-1, 1, 1, 1});
    const double h = 1e-2;
    const torch::Tensor change =
        (condition->log_likelihood(x + h * direction) - condition->log_likelihood(x - h * direction)) / (2 * h);
    const torch::Tensor slope = (gradient * direction).flatten(1).sum(1);
    EXPECT_GT(slope.min().item<double>(), 1e-2);
    EXPECT_LT(((slope - change) / slope).abs().max().item<double>(), 5e-3);
}

TEST_F(EveryCondition, ClassSumsTheProbabilitiesOfItsLabels) {
    const auto reward = [this](std::vector<double> labels, double strength) {
        const Array list{{static_cast<int64_t>(labels.size())}, labels};
        return on_pictures("class",
                           {{"weights", std::string("small.weights")}, {"labels", list}, {"strength", strength}})
            ->log_likelihood(waves({5, 1, side, side}, 0.7));
    };
    EXPECT_LT(reward({0, 1, 2, 3}, 1).abs().max().item<double>(), 1e-5) << "one of all classes it is for certain";
    const torch::Tensor both = (reward({1}, 1).exp() + reward({3}, 1).exp()).log();
    EXPECT_LT((reward({1, 3}, 1) - both).abs().max().item<double>(), 1e-5);
    EXPECT_LT((reward({2}, 3) - reward({2}, 1) * 3).abs().max().item<double>(), 1e-4);
    EXPECT_THROW(reward({4}, 1), UserError);
}

}  // namespace
}  // namespace drift
