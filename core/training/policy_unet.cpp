// A U-Net as a policy on states that are pictures: shift, log variance and share of the gradient are channels of its
// answer. A block of rows goes through it a few pictures at a time. The way back asks the network again, with autograd
// behind it, so that the graph of those few pictures is all that is ever kept, whatever batch and steps are.

#include "core/nets/architecture_json.h"
#include "core/nets/chunks.h"
#include "core/nets/unet.h"
#include "core/training/pieces.h"
#include "core/training/policy_network.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

namespace drift {
namespace {

UnetConfig config_for(const PolicyOptions& options) {
    UnetConfig config;
    config.channels = options.shape.at(0);
    config.image = options.shape.at(1);
    config.out_channels = config.channels * (1 + (options.learn_variance ? 1 : 0) + (options.langevin ? 1 : 0));
    config.out_gain = 0;  // the policy starts as the reference
    config.width = options.unet_width;
    config.deep_width = options.unet_deep_width;
    config.embedding = 2 * options.unet_width;
    config.classes = 0;
    config.groups = unet_groups;
    return config;
}

/// Pixels of the pictures that go through the network at a time, and how many these are at most.
constexpr int64_t pixels_together = chunk_size * 28 * 28;
constexpr int64_t most_together = 64;

/// Pictures and the times at which they are seen, a row each.
struct Seen {
    torch::Tensor pictures;  // [rows, channels, side, side]
    torch::Tensor times;     // [rows]

    Seen rows(const Piece& piece) const {
        return {pictures.narrow(0, piece.first, piece.count), times.narrow(0, piece.first, piece.count)};
    }
};

struct UnetTape final : PolicyNetwork::Tape {
    explicit UnetTape(Seen given) : seen(std::move(given)) {}
    Seen seen;
};

torch::Tensor answer_to(const Unet& net, const Seen& seen) {
    const torch::Tensor none = torch::zeros({seen.times.size(0)}, seen.times.options().dtype(torch::kInt64));
    return net.forward(seen.pictures, seen.times, none).flatten(1);
}

class PolicyUnet final : public PolicyNetwork {
public:
    PolicyUnet(const PolicyOptions& options, const NetworkSizes& sizes)
        : dimension_(sizes.dimension),
          together_(std::clamp(pixels_together / sizes.dimension, int64_t{1}, most_together)),
          net_(config_for(options)),
          learning_(net_) {
        const UnetConfig& c = net_.config();
        TORCH_CHECK(c.channels * c.image * c.image == sizes.dimension, "pictures of ", sizes.dimension, " numbers");
    }

    const ParameterStore& parameters() const override { return net_.parameters(); }
    nlohmann::json architecture() const override {
        nlohmann::json sizes = to_json(net_.config());
        sizes["out_channels"] = net_.config().out_channels;
        return sizes;
    }
    /// Pieces of trajectories and particles are those that the network takes at a time.
    Portions portions() const override { return {together_, together_, 4 * together_, 16}; }
    int64_t shares() const override { return dimension_; }

    void bind(const torch::Tensor& weights, const torch::Tensor& times) override {
        times_ = times * 2 - 1;  // the frequencies of the network are made for about that range
        net_.parameters().bind(weights);
        learning_.parameters().bind(weights);
        learning_.parameters().let_differentiate();
    }

    torch::Tensor collect_gradients() override { return net_.parameters().collect_gradients(); }

    torch::Tensor forward(const std::vector<int64_t>& steps, const torch::Tensor& x,
                          std::unique_ptr<Tape>* tape) const override {
        const UnetConfig& c = net_.config();
        const int64_t s = x.size(0);
        const int64_t n = x.size(1);
        Seen seen{x.reshape({s * n, c.channels, c.image, c.image}),
                  rows_at(times_, steps).unsqueeze(1).expand({s, n}).reshape({s * n})};
        std::vector<torch::Tensor> answers;
        for (const Piece& piece : pieces(s * n)) {
            answers.push_back(answer_to(net_, seen.rows(piece)));
        }
        if (tape != nullptr) {
            *tape = std::make_unique<UnetTape>(std::move(seen));
        }
        return torch::cat(answers).view({s, n, -1});
    }

    Gradient no_gradient() const override { return {torch::zeros({parameters().count()}, times_.options()), {}}; }

    void backward(const Tape& tape, const torch::Tensor& at_out, Gradient& gradient,
                  torch::Tensor* at_x) const override {
        const Seen& seen = static_cast<const UnetTape&>(tape).seen;
        const torch::Tensor wanted = at_out.flatten(0, 1);
        std::vector<torch::Tensor> at_pictures;
        for (const Piece& piece : pieces(wanted.size(0))) {
            const torch::Tensor at_piece = wanted.narrow(0, piece.first, piece.count);
            at_pictures.push_back(back_through(seen.rows(piece), at_piece, gradient.weights, at_x != nullptr));
        }
        if (at_x != nullptr) {
            *at_x = torch::cat(at_pictures).view({at_out.size(0), at_out.size(1), dimension_});
        }
    }

    torch::Tensor finished(const std::vector<Gradient>& parts) const override {
        Gradient total = no_gradient();
        alone([&] {
            for (const Gradient& part : parts) {  // in order: whatever thread was first
                total.weights.add_(part.weights);
            }
        });
        return total.weights;
    }

private:
    std::vector<Piece> pieces(int64_t rows) const {
        std::vector<Piece> all;
        for (int64_t first = 0; first < rows; first += together_) {
            all.push_back({first, std::min(together_, rows - first)});
        }
        return all;
    }

    /// Adds what a gradient at the answer to a piece means for the weights, and returns that at its pictures where it
    /// is wanted.
    torch::Tensor back_through(const Seen& piece, const torch::Tensor& at_answer, torch::Tensor& at_weights,
                               bool wants_pictures) const {
        std::vector<torch::Tensor> gradients;
        {
            const at::AutoGradMode with_gradients(true);
            const Seen leaf{piece.pictures.detach().clone().set_requires_grad(wants_pictures), piece.times};
            std::vector<torch::Tensor> asked = learning_.parameters().all();
            if (wants_pictures) {
                asked.push_back(leaf.pictures);
            }
            gradients = torch::autograd::grad({answer_to(learning_, leaf)}, asked, {at_answer});
        }
        learning_.parameters().add_to(at_weights, gradients);
        return wants_pictures ? gradients.back() : torch::Tensor{};
    }

    int64_t dimension_;
    int64_t together_;  // pictures
    Unet net_;
    Unet learning_;        // of the same weights, for autograd
    torch::Tensor times_;  // [T]
};

}  // namespace

std::unique_ptr<PolicyNetwork> unet_network(const PolicyOptions& options, const NetworkSizes& sizes) {
    return std::make_unique<PolicyUnet>(options, sizes);
}

}  // namespace drift
