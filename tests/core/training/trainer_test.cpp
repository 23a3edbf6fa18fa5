// A training that can be stopped, copied, stored and gone on with, whatever the number of threads.
#include "core/training/trainer.h"

#include "core/training/trained_file.h"
#include "support/folders.h"
#include "support/training.h"

#include <ATen/Parallel.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

namespace drift {
namespace {

/// Of nothing in particular.
const Origin origin{{{"a", 1}}, {{"b", 2}}, nlohmann::json()};

using test::own_folder;
using test::setting_of;

/// 25 modes from Brownian motion, with every source that there is.
Trainer small_trainer(LossKind loss, uint64_t seed = 3) {
    const Task task = [] {
        const MakeContext context{torch::kFloat32, "", 1};
        const Scenario scenario = test::grid_25("none", "diffusion_sampler");
        return Task{make_problem(scenario.prior, scenario.condition, context), Schedule{{0.0}}, context.options};
    }();
    PolicyOptions policy;
    policy.width = 16;
    policy.frequencies = 8;
    policy.learn_variance = true;
    const test::Setting setting = setting_of(task, pinned_brownian(2, 5, 8), 5, policy);
    TrainerOptions options;
    options.iterations = 12;
    options.loss = loss;
    options.batch.batch = 210;
    options.batch.shares = {2, 1, 1, 1, 1, 0, 1};
    options.exploration = Curve({{0, 1}, {1, 0}}, Interpolation::Linear);
    options.buffer = 300;
    options.local_buffer = 400;
    options.search_every = 3;
    options.search.chains = 30;
    options.search.steps = 20;
    options.search.burn_in = 10;
    options.step_share = loss == LossKind::VarGrad ? 0.5 : 1;
    options.seed = seed;
    return {setting.model, options};
}

/// Losses that take their trajectories from elsewhere leave a buffer without room.
void expect_equal_rows(const torch::Tensor& a, const torch::Tensor& b, int64_t count) {
    ASSERT_EQ(a.defined(), b.defined());
    EXPECT_TRUE(!a.defined() || torch::equal(a.narrow(0, 0, count), b.narrow(0, 0, count)));
}

void expect_equal(const TrainerState& a, const TrainerState& b) {
    EXPECT_TRUE(torch::equal(a.policy.weights, b.policy.weights));
    EXPECT_TRUE(torch::equal(a.policy.average, b.policy.average));
    EXPECT_TRUE(torch::equal(a.policy.second_moment, b.policy.second_moment));
    EXPECT_TRUE(torch::equal(a.log_z.weights, b.log_z.weights));
    ASSERT_EQ(a.buffer.count, b.buffer.count);
    ASSERT_EQ(a.local.count, b.local.count);
    expect_equal_rows(a.buffer.x, b.buffer.x, a.buffer.count);
    expect_equal_rows(a.local.log_r, b.local.log_r, a.local.count);
    EXPECT_EQ(a.search.step_size, b.search.step_size);
}

class EveryLoss : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryLoss, ResumedEqualsUninterruptedAndOneThreadEqualsMany) {
    const Trainer trainer = small_trainer(loss_named(GetParam()));
    TrainerState whole = trainer.start();
    trainer.advance(whole, 7);
    TrainerState first = trainer.start();
    trainer.advance(first, 4);
    const auto path = own_folder("drift_training_" + GetParam()) / "c";
    write_training(path, "sampler.checkpoint", first, origin);
    TrainerState second = read_training(path, "sampler.checkpoint", trainer.start(), origin);
    trainer.advance(second, 3);
    expect_equal(whole, second);
    const int before = at::get_num_threads();
    for (const int threads : {1, 3}) {
        at::set_num_threads(threads);
        TrainerState other = trainer.start();
        trainer.advance(other, 7);
        expect_equal(whole, other);
    }
    at::set_num_threads(before);
    EXPECT_TRUE(whole.policy.weights.isfinite().all().item<bool>());
    EXPECT_FALSE(torch::equal(whole.policy.weights, trainer.start().policy.weights));
    EXPECT_EQ(whole.restored, 0);
}

INSTANTIATE_TEST_SUITE_P(Losses, EveryLoss, ::testing::ValuesIn(loss_names()),
                         [](const auto& test) { return test.param; });

TEST(Trainer, OneStepChangesNothingThatWasCopied) {
    const Trainer trainer = small_trainer(LossKind::VarGrad);
    TrainerState state = trainer.start();
    trainer.advance(state, 4);
    const TrainerState copy = state.copy();
    const torch::Tensor weights = copy.policy.weights.clone();
    const torch::Tensor ends = copy.buffer.x.clone();
    trainer.advance(state, 3);
    EXPECT_TRUE(torch::equal(copy.policy.weights, weights));
    EXPECT_TRUE(torch::equal(copy.buffer.x, ends));
    EXPECT_FALSE(torch::equal(state.policy.weights, weights));
}

TEST(Trainer, PutsGoodWeightsBackAfterABatchThatIsNotFinite) {
    const Trainer trainer = small_trainer(LossKind::VarGrad);
    TrainerState state = trainer.start();
    trainer.advance(state, 2);
    state.policy.weights.fill_(std::numeric_limits<float>::quiet_NaN());
    const TrainingNumbers numbers = trainer.advance(state, 1);
    EXPECT_EQ(numbers.restored, 1);
    EXPECT_TRUE(torch::equal(state.policy.weights, state.good.weights));
    EXPECT_EQ(state.rate_factor, 0.5);
    trainer.advance(state, 3);
    EXPECT_EQ(state.restored, 1);
    EXPECT_TRUE(state.policy.weights.isfinite().all().item<bool>());
}

TEST(Trainer, TellsWhatEverySourceIsLike) {
    const Trainer trainer = small_trainer(LossKind::VarGrad);
    TrainerState state = trainer.start();
    const TrainingNumbers numbers = trainer.advance(state, 5);
    EXPECT_EQ(numbers.iteration, 5);
    EXPECT_EQ(numbers.buffer, 300);
    EXPECT_EQ(numbers.local_buffer, 30);
    for (int64_t i = 0; i < trajectory_sources; ++i) {
        const bool used = static_cast<TrajectorySource>(i) != TrajectorySource::Data;
        EXPECT_EQ(std::isfinite(numbers.source_residual.at(static_cast<size_t>(i))), used) << i;
        EXPECT_EQ(numbers.source_count.at(static_cast<size_t>(i)) > 0, used) << i;
    }
}

TEST(Trainer, TellsOfResidualsWhateverItLearnsFrom) {
    for (const std::string& loss : loss_names()) {
        const Trainer trainer = small_trainer(loss_named(loss));
        TrainerState state = trainer.start();
        const TrainingNumbers numbers = trainer.advance(state, 2);
        for (const double number :
             {numbers.loss, numbers.residual, numbers.residual_spread, numbers.learned_log_z, numbers.gradient_norm}) {
            EXPECT_TRUE(std::isfinite(number)) << loss;
        }
        EXPECT_GT(numbers.residual_spread, 0) << loss;
        for (size_t i = 0; i < numbers.source_count.size(); ++i) {
            EXPECT_TRUE(numbers.source_count.at(i) == 0 || numbers.source_residual.at(i) > 0) << loss << ", " << i;
        }
    }
}

TEST(Trainer, SearchesForNothingThatIsNotLearnedFrom) {
    const Trainer trainer = small_trainer(LossKind::ReverseKl);
    TrainerState state = trainer.start();
    EXPECT_EQ(trainer.advance(state, 4).local_buffer, 0);
}

/// The sentence that reading refuses with.
std::string refusal(const std::filesystem::path& path, const TrainerState& like, const Origin& asked) {
    try {
        read_training(path, "sampler.weights", like, asked);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

/// The same of a training whose buffer was changed before it was written.
std::string refusal_of_buffer(const std::function<void(ReplayBuffer&)>& change) {
    const Trainer trainer = small_trainer(LossKind::TrajectoryBalance);
    TrainerState state = trainer.start();
    trainer.advance(state, 2);
    change(state.buffer);
    const auto path = own_folder("drift_trained_buffer") / "w";
    const Origin made{{{"network", 3}}, {{"seed", 2}}, {}};
    write_training(path, "", state, made);
    return refusal(path, trainer.start(), made);
}

TEST(TrainedFile, IsRefusedWhereItsBufferEndsElsewhere) {
    for (const bool beyond : {false, true}) {
        const std::string why =
            refusal_of_buffer([&](ReplayBuffer& buffer) { buffer.next = beyond ? buffer.capacity : -1; });
        EXPECT_NE(why.find("holds a buffer of another size"), std::string::npos) << beyond << why;
    }
}

TEST(TrainedFile, IsRefusedWhereItsBufferHasRowsOfAnotherWidth) {
    ASSERT_EQ(refusal_of_buffer([](ReplayBuffer&) {}), "");
    for (const int64_t columns : {1, 3}) {
        const std::string why = refusal_of_buffer([&](ReplayBuffer& buffer) {
            buffer.x = torch::zeros({buffer.capacity, columns});
        });
        EXPECT_NE(why.find("holds a buffer of another size"), std::string::npos) << columns << why;
    }
}

TEST(TrainedFile, IsRefusedForAnythingElse) {
    const Trainer trainer = small_trainer(LossKind::TrajectoryBalance);
    TrainerState state = trainer.start();
    trainer.advance(state, 2);
    const auto path = own_folder("drift_trained_file") / "w";
    const Origin made{{{"problem", {{"prior", {{"spread", 1}}}}}, {"network", 3}},
                      {{"seed", 2}, {"batch", 8}},
                      {{"width", 3}, {"batch", 8}}};
    write_training(path, "", state, made);
    const TrainerState like = trainer.start();
    const auto expect_refused = [&](const std::string& part, const Origin& asked) {
        const std::string why = refusal(path, like, asked);
        EXPECT_NE(why.find(part), std::string::npos) << why;
        EXPECT_EQ(why.find("'sampler.weights' names the file '" + path.string() + "', which "), 0U) << why;
    };
    const nlohmann::json unknown;
    EXPECT_EQ(refusal(path, like, made), "");
    EXPECT_EQ(refusal(path, like, {made.weights, unknown, unknown}), "");
    Origin other = made;
    other.weights["problem"]["prior"]["spread"] = 2;
    expect_refused("'prior.spread' is 1 there and 2 here", other);
    other = made;
    other.weights["network"] = 4;
    expect_refused("what differs is network", other);  // no key says so
    other.sampler["width"] = 4;
    expect_refused("'sampler.width' is 3 there and 4 here", other);
    other = made;
    other.training = {{"seed", 7}, {"batch", 9}};
    other.sampler["batch"] = 9;
    expect_refused("'seed' is 2 there and 7 here; 'sampler.batch' is 8 there and 9 here", other);
    EXPECT_EQ(refusal(path, like, {{{"policy", "mlp"}}, {{"policy", "mlp"}}, unknown}), "") << "there was no other";
    expect_refused("differs is policy", {{{"policy", "unet"}}, unknown, unknown});
    EXPECT_NE(refusal(path, small_trainer(LossKind::DetailedBalance).start(), made), "");
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    expect_refused("cannot hold", made);
}

TEST(TrainedFile, SurvivesAKillAtAnyMoment) {
    const Trainer trainer = small_trainer(LossKind::VarGrad);
    TrainerState state = trainer.start();
    trainer.advance(state, 4);
    const auto path = own_folder("drift_kill") / "c";
    write_training(path, "sampler.checkpoint", state, origin);
    for (int attempt = 0; attempt < 5; ++attempt) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (;;) {
                write_training(path, "sampler.checkpoint", state, origin);
            }
        }
        std::this_thread::sleep_for(std::chrono::microseconds(3000 + 1700 * attempt));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        const TrainerState back = read_training(path, "sampler.checkpoint", trainer.start(), origin);
        expect_equal(state, back);
    }
}

}  // namespace
}  // namespace drift
