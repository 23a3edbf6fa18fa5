#include "core/training/fit_loop.h"

#include "core/array_file.h"
#include "core/error.h"
#include "core/training/fashion_tasks.h"
#include "support/folders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace drift {
namespace {

using namespace std::chrono_literals;
using test::own_folder;

PictureData stripes() {
    PictureData data;
    data.train.pictures =
        torch::arange(64 * 28 * 28, torch::kInt64).remainder(251).to(torch::kUInt8).view({64, 28, 28});
    data.train.labels = torch::arange(64, torch::kInt64).remainder(10);
    data.held_out.pictures = data.train.pictures.repeat({16, 1, 1});
    data.held_out.labels = data.train.labels.repeat({16});
    data.variance = 0.33;
    return data;
}

const UnetConfig tiny{.width = 8, .deep_width = 8, .embedding = 8, .heads = 2, .groups = 2};

FitSettings short_fit() {
    FitSettings settings;
    settings.iterations = 6;
    settings.warm_up = 2;
    settings.seed = 3;
    return settings;
}

TEST(FitLoop, AResumedFitEqualsAnUninterruptedOne) {
    const PictureData data = stripes();
    DiffusionTask task(data, tiny, 8, "test");
    const FitSettings settings = short_fit();
    FitState whole = start_fit(task.parameters(0), settings.seed);
    while (whole.iteration < 6) {
        fit_step(task, settings, whole);
    }
    FitState first = start_fit(task.parameters(0), settings.seed);
    while (first.iteration < 3) {
        fit_step(task, settings, first);
    }
    const auto path = own_folder("drift_resume") / "c";
    write_checkpoint(path, first, task.description(), settings.seed);
    FitState second = read_checkpoint(path, task.parameters(0).count(), task.description(), settings.seed);
    while (second.iteration < 6) {
        fit_step(task, settings, second);
    }
    EXPECT_TRUE(torch::equal(whole.weights, second.weights));
    EXPECT_TRUE(torch::equal(whole.average, second.average));
}

TEST(FitLoop, RefusesTheCheckpointOfAnotherFit) {
    const PictureData data = stripes();
    DiffusionTask task(data, tiny, 8, "test");
    const FitState state = start_fit(task.parameters(0), 1);
    const auto path = own_folder("drift_other") / "c";
    write_checkpoint(path, state, task.description(), 1);
    EXPECT_THROW(read_checkpoint(path, task.parameters(0).count(), task.description(), 2), UserError);
    DiffusionTask other(data, UnetConfig{}, 8, "test");
    EXPECT_THROW(read_checkpoint(path, other.parameters(0).count(), other.description(), 1), UserError);
}

/// Why a checkpoint is refused; empty where it is not.
std::string refusal(const std::filesystem::path& path, int64_t count, const nlohmann::json& description) {
    try {
        read_checkpoint(path, count, description, 1);
    } catch (const UserError& error) {
        return error.what();
    }
    return {};
}

// Files with a right checksum all the same.
TEST(FitLoop, RefusesAMalformedCheckpointByFileAndKey) {
    const PictureData data = stripes();
    DiffusionTask task(data, tiny, 8, "test");
    const int64_t count = task.parameters(0).count();
    const auto path = own_folder("drift_malformed") / "c";
    write_checkpoint(path, start_fit(task.parameters(0), 1), task.description(), 1);
    const ArrayFile good = read_array_file(path, "driftscope-checkpoint");
    EXPECT_EQ(refusal(path, count, task.description()), "");
    const auto expect_refused = [&](const std::string& key, const std::function<void(ArrayFile&)>& spoil) {
        ArrayFile bad = good;
        spoil(bad);
        write_array_file(path, bad);
        const std::string why = refusal(path, count, task.description());
        EXPECT_NE(why.find(path.string()), std::string::npos) << key << ": " << why;
        EXPECT_NE(why.find("'" + key + "'"), std::string::npos) << key << ": " << why;
    };
    for (const std::string key : {"identity", "iteration", "seconds"}) {
        expect_refused(key, [&](ArrayFile& file) { file.header.erase(key); });
    }
    for (const nlohmann::json& value : {nlohmann::json("x"), nlohmann::json(-1), nlohmann::json(1.5), nlohmann::json(),
                                        nlohmann::json(18446744073709551615U)}) {
        expect_refused("iteration", [&](ArrayFile& file) { file.header["iteration"] = value; });
    }
    for (const nlohmann::json& value : {nlohmann::json("x"), nlohmann::json(-1), nlohmann::json()}) {
        expect_refused("seconds", [&](ArrayFile& file) { file.header["seconds"] = value; });
    }
    for (size_t i = 0; i < good.arrays.size(); ++i) {
        const torch::Tensor whole = good.arrays[i].values;
        for (const torch::Tensor& values :
             {whole.narrow(0, 0, count - 1), whole.view({1, count}), whole.to(torch::kFloat16)}) {
            expect_refused(good.arrays[i].name, [&](ArrayFile& file) { file.arrays[i].values = values; });
        }
    }
    expect_refused("average", [](ArrayFile& file) { file.arrays.erase(file.arrays.begin() + 1); });
}

TEST(FitLoop, LowersTheLossAndLeavesAWeightFile) {
    const PictureData data = stripes();
    ClassifierTask task(data, {.width = 8, .deep_width = 8, .features = 8, .groups = 2}, 32, "test");
    FitSettings settings = short_fit();
    settings.iterations = 60;
    settings.learning_rate = 5e-3;
    settings.validate_every = 20;
    const auto out = own_folder("drift_fit") / "weights";
    std::vector<double> losses;
    const FitResult result =
        run_fit(task, settings, out, [&](const FitProgress& progress) { losses.push_back(progress.validation_loss); });
    EXPECT_TRUE(result.finished);
    ASSERT_EQ(losses.size(), 3U);
    EXPECT_LT(losses.back(), losses.front());
    const ArrayFile file = read_array_file(out, weights_format);
    EXPECT_EQ(file.header.at("iteration"), 60);
    EXPECT_EQ(file.arrays.size(), task.parameters(0).entries().size());
    EXPECT_EQ(file.arrays[0].values.scalar_type(), torch::kFloat16);
}

/// A task on a machine that was busy with something else when the training began.
class LateTask final : public FitTask {
public:
    explicit LateTask(FitTask& task) : task_(task) {}
    ParameterStore& parameters(int64_t replica) override { return task_.parameters(replica); }
    FitBatch draw(at::Generator& generator) const override {
        std::this_thread::sleep_for(std::exchange(delay_, 0s));
        return task_.draw(generator);
    }
    torch::Tensor loss(int64_t replica, const FitBatch& part) const override { return task_.loss(replica, part); }
    double validation_loss() const override { return 0; }
    nlohmann::json description() const override { return task_.description(); }

private:
    FitTask& task_;
    mutable std::chrono::seconds delay_ = 1s;
};

// Iterations over rate is the time since the start, which never goes back; the time of the last interval alone does.
TEST(FitLoop, JudgesWhatIsLeftByTheWholeSession) {
    const PictureData data = stripes();
    ClassifierTask task(data, {.width = 8, .deep_width = 8, .features = 8, .groups = 2}, 32, "test");
    LateTask late(task);
    FitSettings settings = short_fit();
    settings.validate_every = 1;
    std::vector<double> elapsed;
    run_fit(late, settings, own_folder("drift_rate") / "weights", [&](const FitProgress& progress) {
        elapsed.push_back(static_cast<double>(progress.iteration) / progress.per_second);
    });
    ASSERT_EQ(elapsed.size(), 6U);
    EXPECT_GE(elapsed.front(), 1);
    EXPECT_TRUE(std::ranges::is_sorted(elapsed));
}

}  // namespace
}  // namespace drift
