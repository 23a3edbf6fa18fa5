// A reward out of a TorchScript file, in float32: the tolerances are those of its rounding.
#include "core/io/files.h"
#include "core/problem.h"

#include "support/problems.h"

#include <torch/script.h>

#include <filesystem>

namespace drift {
namespace {

class ScriptRewards : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::shared_ptr<const Condition> with(const std::string& forward) const {
        torch::jit::Module module("reward");
        module.define("def forward(self, x):\n" + forward);
        module.save((folder_ / "reward.pt").string());
        return make_it();
    }
    std::shared_ptr<const Condition> make_it() const {
        Choice choice = default_choice(Kind::Condition, "reward");
        choice.params.set("function", std::string("torchscript"));
        choice.params.set("file", std::string("reward.pt"));
        choice.params.set("strength", 2.0);
        const MakeContext context{torch::kFloat64, folder_.string(), 1};
        return make<Condition>(choice, *make<Prior>(default_choice(Kind::Prior, "gaussian_mixture"), context), context);
    }
    std::string refusal(const std::string& forward) const {
        try {
            with(forward)->gradient(torch::zeros({3, 2}, torch::kFloat64));
            return "";
        } catch (const UserError& error) {
            return error.what();
        }
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_reward_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(ScriptRewards, AreWhatTheFileSaysWithItsGradient) {
    const auto reward = with("  return -(x * x).sum(1) / 2 + x[:, 0].sin()\n");
    const torch::Tensor x = torch::sin(torch::arange(22, torch::kFloat64) * 0.7).view({11, 2});
    const torch::Tensor expected = 2 * (x.square().sum(1) / -2 + x.select(1, 0).sin());
    EXPECT_LT((reward->log_likelihood(x) - expected).abs().max().item<double>(), 1e-6);
    torch::Tensor slope = -2 * x;
    slope.select(1, 0).add_(2 * x.select(1, 0).cos());
    EXPECT_LT((reward->gradient(x) - slope).abs().max().item<double>(), 1e-5);
    EXPECT_NE(reward->warning().find("runs code of its own"), std::string::npos);
}

TEST_F(ScriptRewards, RefuseFilesThatAreNone) {
    EXPECT_NE(refusal("  return x\n").find("does not give one finite number for every sample"), std::string::npos);
    EXPECT_NE(refusal("  return x[:, 5]\n").find("does not take samples of the prior's shape"), std::string::npos);
    const std::string without = refusal("  return x.detach().sum(1)\n");
    EXPECT_NE(without.find("which has no gradient"), std::string::npos) << without;
    write_file((folder_ / "reward.pt").string(), "no script");
    EXPECT_THROW(make_it(), UserError);
}

}  // namespace
}  // namespace drift
