// T22 of guidance.md 6.2 for the whole catalogue: every condition, with every combination of the choices that it
// offers, has the gradient of its log-likelihood. A condition that is added is tested without another line here.
#include "core/io/files.h"
#include "core/io/npy.h"
#include "core/problem.h"
#include "core/problem_key.h"
#include "core/terms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

namespace drift {
namespace {

constexpr int64_t side = 6;

/// Says what shape its samples have, which is all that conditions on pictures ask a prior.
class Pictures final : public Prior {
public:
    std::vector<int64_t> sample_shape() const override { return {1, side, side}; }
    double data_variance() const override { return 1; }
    torch::Tensor denoise(const torch::Tensor& x, double) const override { return x; }
    Linearised linearise(const torch::Tensor& x, double) const override {
        return {x, [](const torch::Tensor& w) { return w; }};
    }
};

torch::Tensor waves(const std::vector<int64_t>& shape, double pace) {
    return torch::sin(torch::arange(c10::multiply_integers(shape), torch::kFloat64) * pace + 0.3).view(shape);
}

/// Pictures with some of every frequency: magnitudes have a kink at 0.
torch::Tensor noisy_pictures() {
    torch::Tensor z = torch::empty({3, 1, side, side}, torch::kFloat64);
    Random{3}.fill_normals(z, kernels::Purpose::Problem, 0);
    return 0.5 * z.tanh();
}

class Catalogue : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_);
        std::vector<double> pixels;
        for (int i = 0; i < side * side; ++i) {
            pixels.push_back(0.2 + 0.6 * std::abs(std::sin(i * 0.9)));
        }
        write_file((folder_ / "picture.npy").string(), npy_bytes({side, side}, std::span<const double>(pixels)));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// The item's defaults, with the values that make a test of them where the defaults do not.
    Choice start(const Item& item) const {
        Choice choice = default_choice(Kind::Condition, item.key);
        const auto set = [&choice](const std::string& key, const Value& value) {
            if (choice.params.contains(key)) {
                choice.params.set(key, value);
            }
        };
        set("image", ImageSource{.dataset = "", .index = 0, .file = "picture.npy"});
        set("noise", 0.3);
        set("observation", Array{{1}, {1.7}});  // counts may not be negative
        set("box", Array{{4}, {1, 2, 2, 3}});
        set("factor", int64_t{2});
        set("width", 0.7);  // a hard edge has no slope
        set("strength", 1.3);
        Choice bent = default_choice(Kind::Condition, "nonlinear");
        Choice straight = default_choice(Kind::Condition, "linear_gaussian");
        set("terms", terms_of({{bent, 0.5}, {straight, 2}}));
        return choice;
    }

    /// All combinations of what the text parameters of `choice` can be, from parameter `first` on.
    static std::vector<Choice> combinations(const Choice& choice) {
        std::vector<Choice> all{choice};
        for (const Param& param : choice.params) {
            std::vector<Choice> more;
            for (const Choice& before : all) {
                for (const std::string& option : param.options) {
                    more.push_back(before);
                    more.back().params.set(param.key, option);
                }
            }
            all = more.empty() ? all : more;
        }
        return all;
    }

    static std::string name(const Choice& choice) {
        std::string text = choice.type;
        for (const Param& param : choice.params) {
            text += param.options.empty() ? "" : " " + std::get<std::string>(param.value);
        }
        return text;
    }

    /// Compares the slope along a direction with differences of fourth order.
    static void check(const Condition& condition, const torch::Tensor& x, const std::string& name) {
        const torch::Tensor direction = waves(x.sizes().vec(), 1.9) * 0.7;
        const torch::Tensor gradient = condition.gradient(x);
        ASSERT_EQ(gradient.sizes(), x.sizes()) << name;
        const torch::Tensor slope = (gradient * direction).flatten(1).sum(1);
        const double h = 1e-4;
        const auto difference = [&](double step) {
            return (condition.log_likelihood(x + step * direction) - condition.log_likelihood(x - step * direction)) /
                   (2 * step);
        };
        const torch::Tensor change = (4 * difference(h) - difference(2 * h)) / 3;
        EXPECT_GT(slope.abs().max().item<double>(), 1e-2) << name << ": nothing is compared";
        const torch::Tensor error = (slope - change).abs() / (1 + slope.abs());
        EXPECT_LT(error.max().item<double>(), 1e-6) << name << "\n" << slope << change;
    }

    std::shared_ptr<const Condition> make_for(const Choice& choice, const Prior& prior, uint64_t seed = 4) const {
        return make<Condition>(choice, prior, MakeContext{torch::kFloat64, folder_.string(), seed});
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_catalogue_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(Catalogue, HasTheGradientOfEveryLogLikelihood) {
    const Pictures pictures;
    const auto points =
        make<Prior>(default_choice(Kind::Prior, "gaussian_mixture"), MakeContext{torch::kFloat64, "", 1});
    const std::set<std::string> elsewhere = {
        "none",   // has nothing to compare
        "class",  // a network in float32: conditions_test.cpp
    };
    int compared = 0;
    for (const Item& item : items(Kind::Condition)) {
        if (elsewhere.contains(item.key)) {
            continue;
        }
        int of_item = 0;
        for (const Choice& choice : combinations(start(item))) {
            if (name(choice).ends_with("torchscript")) {
                continue;  // in float32: reward_test.cpp
            }
            for (const bool on_pictures : {false, true}) {
                std::shared_ptr<const Condition> condition;
                try {
                    condition = make_for(choice, on_pictures ? static_cast<const Prior&>(pictures) : *points);
                } catch (const UserError&) {
                    continue;  // not for samples of this shape
                }
                const torch::Tensor x = on_pictures ? noisy_pictures() : 2.5 * waves({9, 2}, 0.77) + 0.4;
                check(*condition, x, name(choice) + (on_pictures ? " on pictures" : " on points"));
                ++of_item;
            }
        }
        EXPECT_GT(of_item, 0) << item.key << " fits neither the points nor the pictures of this test";
        compared += of_item;
    }
    EXPECT_GT(compared, 80);
}

// What a condition says of a sample does not depend on the others, nor on the type of the numbers but for rounding.
TEST_F(Catalogue, JudgesEverySampleAloneInBothTypes) {
    const Pictures pictures;
    const MakeContext single{torch::kFloat32, folder_.string(), 4};
    const auto points = make<Prior>(default_choice(Kind::Prior, "gaussian_mixture"), single);
    for (const Item& item : items(Kind::Condition)) {
        if (item.key == "class") {
            continue;
        }
        for (const Choice& choice : combinations(start(item))) {
            std::shared_ptr<const Condition> exact, rounded;
            bool flat = true;
            try {
                exact = make_for(choice, *points);
                rounded = make<Condition>(choice, *points, single);
            } catch (const UserError&) {
                flat = false;
            }
            if (!flat) {
                continue;
            }
            const torch::Tensor x = 2.5 * waves({9, 2}, 0.77) + 0.4;
            const torch::Tensor together = exact->log_likelihood(x);
            EXPECT_TRUE(torch::equal(exact->log_likelihood(x.slice(0, 2, 3)), together.slice(0, 2, 3))) << name(choice);
            const torch::Tensor apart = (rounded->log_likelihood(x.to(torch::kFloat32)) - together).abs();
            EXPECT_LT((apart / (1 + together.abs())).max().item<double>(), 1e-4) << name(choice);
            const torch::Tensor slopes = rounded->gradient(x.to(torch::kFloat32));
            EXPECT_EQ(slopes.scalar_type(), torch::kFloat32) << name(choice);
            const torch::Tensor exact_slopes = exact->gradient(x);
            EXPECT_LT(((slopes - exact_slopes).abs() / (1 + exact_slopes.abs())).max().item<double>(), 1e-3)
                << name(choice);
        }
    }
}

// draws_from_seed() says of a choice what only the condition itself knows; here it is asked.
TEST_F(Catalogue, IsAnotherProblemWithAnotherSeedWhereItDraws) {
    const Pictures pictures;
    const Choice of_points = default_choice(Kind::Prior, "gaussian_mixture");
    const auto points = make<Prior>(of_points, MakeContext{torch::kFloat64, "", 1});
    Choice of_pictures = default_choice(Kind::Prior, "torchscript");
    of_pictures.params.set("shape", Array{{3}, {1, side, side}});
    int drawn = 0, given = 0;
    for (const Item& item : items(Kind::Condition)) {
        if (item.key == "class") {
            continue;  // a network; it measures nothing
        }
        for (const Choice& choice : combinations(start(item))) {
            for (const bool on_pictures : {false, true}) {
                const Prior& prior = on_pictures ? static_cast<const Prior&>(pictures) : *points;
                std::shared_ptr<const Condition> one, other;
                try {
                    one = make_for(choice, prior, 4);
                    other = make_for(choice, prior, 5);
                } catch (const UserError&) {
                    continue;  // not for samples of this shape
                }
                const torch::Tensor x = on_pictures ? noisy_pictures() : 2.5 * waves({9, 2}, 0.77) + 0.4;
                const bool same = torch::equal(one->log_likelihood(x), other->log_likelihood(x));
                EXPECT_EQ(draws_from_seed(on_pictures ? of_pictures : of_points, choice), !same)
                    << name(choice) << (on_pictures ? " on pictures" : " on points");
                ++(same ? given : drawn);
            }
        }
    }
    EXPECT_GT(drawn, 20);
    EXPECT_GT(given, 20);
}

// "weight" stands beside the keys of a term.
TEST_F(Catalogue, LeavesTheKeyOfWeightsToSums) {
    for (const Item& item : items(Kind::Condition)) {
        EXPECT_FALSE(item.params.contains("weight")) << item.key;
    }
}

}  // namespace
}  // namespace drift
