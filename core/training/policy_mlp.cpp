// The perceptron of trained_samplers.md 1.2 as a policy: derivatives written out, one share of the gradient for all
// numbers of a state.

#include "core/nets/time_net.h"
#include "core/training/pieces.h"
#include "core/training/policy_network.h"

#include <ATen/core/grad_mode.h>
#include <nlohmann/json.hpp>

namespace drift {
namespace {

TimeNetConfig config_for(const PolicyOptions& options, int64_t d) {
    TimeNetConfig config;
    config.in = d + options.observed;
    config.out = d * (options.learn_variance ? 2 : 1) + (options.langevin ? 1 : 0);
    config.width = options.width;
    config.layers = options.layers;
    config.frequencies = options.frequencies;
    return config;
}

struct PerceptronTape final : PolicyNetwork::Tape {
    std::vector<int64_t> steps;
    TimeNet::Tape net;
};

/// In blocks of steps: whatever is freed after a batch then fits the next.
struct PerceptronKept final : PolicyNetwork::Kept {
    std::vector<Piece> blocks;
    std::vector<size_t> block_of;  // each step
    std::vector<TimeNet::Tape> net;
};

class PolicyMlp final : public PolicyNetwork {
public:
    PolicyMlp(const PolicyOptions& options, const NetworkSizes& sizes)
        : steps_(sizes.steps), net_(config_for(options, sizes.dimension)) {}

    const ParameterStore& parameters() const override { return net_.parameters(); }
    nlohmann::json architecture() const override {
        const TimeNetConfig& c = net_.config();
        return {{"in", c.in}, {"out", c.out}, {"width", c.width}, {"layers", c.layers}, {"frequencies", c.frequencies}};
    }
    int64_t shares() const override { return 1; }
    void allow_kernel(bool allowed) override { net_.allow_kernel(allowed); }

    void bind(const torch::Tensor& weights, const torch::Tensor& times) override {
        net_.bind(weights);
        alone([&] { times_ = net_.embed(times); });
    }

    torch::Tensor collect_gradients() override {
        torch::Tensor gradients = net_.collect_gradients();
        const at::AutoGradMode with_gradients(true);
        times_ = net_.embed(times_.times);
        return gradients;
    }

    torch::Tensor forward(const std::vector<int64_t>& steps, const torch::Tensor& x,
                          std::unique_ptr<Tape>* tape) const override {
        const torch::Tensor rows = rows_at(times_.rows, steps);
        if (tape == nullptr) {
            return net_.forward(rows, x, nullptr);
        }
        auto kept = std::make_unique<PerceptronTape>();
        kept->steps = steps;
        torch::Tensor out = net_.forward(rows, x, &kept->net);
        *tape = std::move(kept);
        return out;
    }

    std::unique_ptr<Kept> room(int64_t n) const override {
        if (!net_.keeps_pieces()) {
            return nullptr;
        }
        auto kept = std::make_unique<PerceptronKept>();
        kept->blocks = step_blocks(steps_, n);
        for (const Piece& block : kept->blocks) {
            kept->block_of.insert(kept->block_of.end(), static_cast<size_t>(block.count), kept->net.size());
            kept->net.push_back(net_.room(block.count * n));
        }
        kept->out = torch::empty({steps_, n, net_.config().out}, times_.rows.options());
        return kept;
    }

    torch::Tensor forward_into(int64_t step, int64_t first, const torch::Tensor& x, Kept& kept) const override {
        torch::Tensor out = kept.out.narrow(0, step, 1).narrow(1, first, x.size(1));
        auto& all = static_cast<PerceptronKept&>(kept);
        const size_t block = all.block_of.at(static_cast<size_t>(step));
        net_.forward_into(times_.rows.narrow(0, step, 1), x, (step - all.blocks.at(block).first) * kept.count() + first,
                          all.net.at(block), out);
        return out;
    }

    bool follow(const Path& path, int64_t first, Kept& kept) const override {
        auto& all = static_cast<PerceptronKept&>(kept);
        const torch::Tensor told = path.told.defined() ? path.told.contiguous() : path.told;
        std::vector<kernels::PerceptronStep> steps;
        for (int64_t k = 0; k < steps_; ++k) {
            const size_t block = all.block_of.at(static_cast<size_t>(k));
            const int64_t row = (k - all.blocks.at(block).first) * kept.count() + first;
            const TimeNet::Tape& tape = all.net.at(block);
            const int64_t in = net_.config().in, out = net_.config().out, width = net_.config().width;
            steps.push_back({tape.x.data_ptr<float>() + row * in,
                             kept.out.data_ptr<float>() + (k * kept.count() + first) * out,
                             tape.after.front().data_ptr<float>() + row * width,
                             tape.slope.front().data_ptr<float>() + row * width, tape.kept});
        }
        kernels::PerceptronPath way;
        way.count = path.x.size(1);
        way.steps = steps_;
        way.dims = path.x.size(2);
        way.told_size = net_.config().in - way.dims;
        way.range = path.range;
        way.largest = path.largest;
        way.scale = path.scale.const_data_ptr<float>();
        way.gain = path.gain.const_data_ptr<float>();
        way.factor = path.factor.const_data_ptr<float>();
        way.told = told.defined() ? told.const_data_ptr<float>() : nullptr;
        way.apart = path.x.stride(0);
        way.x = path.x.data_ptr<float>();
        way.mean = path.mean.data_ptr<float>();
        way.moves = path.moves.const_data_ptr<float>();
        way.kept = steps.data();
        net_.follow(times_.rows, way);
        return true;
    }

    std::unique_ptr<Tape> tape_of(const std::vector<int64_t>& steps, const Kept& kept) const override {
        const auto& all = static_cast<const PerceptronKept&>(kept);
        const size_t block = all.block_of.at(static_cast<size_t>(steps.front()));
        const Piece& piece = all.blocks.at(block);
        if (steps.back() >= piece.first + piece.count) {
            throw std::logic_error("kept answers are asked for across their blocks");
        }
        auto tape = std::make_unique<PerceptronTape>();
        tape->steps = steps;
        tape->net = TimeNet::part_of(all.net.at(block), (steps.front() - piece.first) * kept.count(),
                                     static_cast<int64_t>(steps.size()) * kept.count());
        return tape;
    }

    Gradient no_gradient() const override {
        const torch::TensorOptions numbers = times_.rows.options();
        return {torch::zeros({parameters().count()}, numbers), torch::zeros({steps_, net_.config().width}, numbers)};
    }

    void backward(const Tape& tape, const torch::Tensor& at_out, Gradient& gradient,
                  torch::Tensor* at_x) const override {
        const auto& kept = static_cast<const PerceptronTape&>(tape);
        const torch::Tensor at_rows = net_.backward(kept.net, at_out, gradient.weights, at_x);
        for (size_t i = 0; i < kept.steps.size(); ++i) {
            gradient.rows.select(0, kept.steps[i]).add_(at_rows.select(0, static_cast<int64_t>(i)));
        }
    }

    torch::Tensor finished(const std::vector<Gradient>& parts) const override {
        Gradient total = no_gradient();
        alone([&] {
            for (const Gradient& part : parts) {  // in order: whatever thread was first
                total.weights.add_(part.weights);
                total.rows.add_(part.rows);
            }
            net_.backward_times(times_, total.rows, total.weights);
        });
        return total.weights;
    }

private:
    int64_t steps_;
    TimeNet net_;
    TimeNet::Times times_;
};

}  // namespace

std::unique_ptr<PolicyNetwork> perceptron_network(const PolicyOptions& options, const NetworkSizes& sizes) {
    return std::make_unique<PolicyMlp>(options, sizes);
}

}  // namespace drift
