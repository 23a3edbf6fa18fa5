#include "core/conditions/script_reward.h"

#include "core/nets/chunks.h"
#include "core/nets/script_file.h"
#include "core/torch_error.h"

#include <torch/script.h>

#include <utility>

namespace drift {
namespace {

class ScriptReward final : public Condition {
public:
    ScriptReward(std::string file, torch::jit::Module module, double strength)
        : file_(std::move(file)), module_(std::move(module)), strength_(strength) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return in_chunks([this](const torch::Tensor& x) { return reward(x); }, clean).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        try {
            const auto function = [this](const torch::Tensor& x) { return reward(x); };
            const ChunkedValue value = linearise_in_chunks(function, clean);
            return value.pullback(torch::ones_like(value.value));
        } catch (const std::exception& error) {
            refuse("has no gradient: " + torch_sentence(error) + "; choose a method that needs none");
        }
    }
    std::string warning() const override { return script_warning(file_); }

    /// Throws UserError unless the file gives one finite number for every sample.
    void try_out(std::vector<int64_t> shape) const {
        shape.insert(shape.begin(), chunk_size);
        torch::Tensor answer;
        try {
            answer = in_chunks([this](const torch::Tensor& x) { return reward(x); }, torch::zeros(shape));
        } catch (const std::exception& error) {
            refuse("does not take samples of the prior's shape: " + torch_sentence(error));
        }
        if (answer.sizes() != at::IntArrayRef({chunk_size}) || !answer.isfinite().all().item<bool>()) {
            refuse("does not give one finite number for every sample");
        }
    }

private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw UserError("'condition.file' names " + file_ + ", which " + why);
    }
    torch::Tensor reward(const torch::Tensor& x) const {
        // forward() of a module is not const, but changes nothing here
        torch::jit::Module module = module_;
        const torch::Tensor value = module.forward({x}).toTensor();
        return (value.dim() == 2 && value.size(1) == 1 ? value.squeeze(1) : value) * strength_;
    }

    std::string file_;
    torch::jit::Module module_;
    double strength_;
};

}  // namespace

std::shared_ptr<const Condition> script_reward(const std::string& file, double strength, const Prior& prior,
                                               const MakeContext& context) {
    auto condition =
        std::make_shared<const ScriptReward>(file, read_script("condition.file", file, context.folder), strength);
    condition->try_out(prior.sample_shape());
    return condition;
}

}  // namespace drift
