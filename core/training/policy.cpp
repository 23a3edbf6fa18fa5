#include "core/training/policy.h"

namespace drift {
namespace {

constexpr double largest_answer = 1e4;
constexpr double first_langevin = 0.01;  // the share of the gradient before anything is learned

/// One number a step, [T, 1, 1].
template <class F>
torch::Tensor column(int64_t steps, const torch::TensorOptions& numbers, const F& value) {
    std::vector<double> values;
    for (int64_t k = 0; k < steps; ++k) {
        values.push_back(value(k));
    }
    return torch::tensor(values, torch::kFloat64).to(numbers).view({steps, 1, 1});
}

}  // namespace

Policy::Policy(std::shared_ptr<const Reference> reference, const PolicyOptions& options,
               const torch::TensorOptions& numbers)
    : reference_(std::move(reference)),
      options_(options),
      numbers_(numbers),
      net_(policy_network(options, {reference_->dimension(), reference_->steps()})) {
    const int64_t steps = reference_->steps();
    gains_ = column(steps, numbers, [this](int64_t k) { return reference_->gain(k); });
    scales_ = column(steps, numbers, [this](int64_t k) { return reference_->input_scale(k); });
    variances_ = column(steps, numbers, [this](int64_t k) { return reference_->variance(k); });
    if (reference_->mean_factor(0)) {
        mean_factors_ = column(steps, numbers, [this](int64_t k) { return reference_->mean_factor(k).value(); });
    }
}

torch::Tensor Policy::initial_values(uint64_t seed) const {
    return net_->parameters().initial_values(seed).to(numbers_);
}

void Policy::bind(const torch::Tensor& weights) {
    const torch::Tensor times =
        column(reference_->steps(), numbers_, [this](int64_t k) { return reference_->grid().time(k); }).flatten();
    net_->bind(weights, times);
}

torch::Tensor Policy::network_input(const std::vector<int64_t>& steps, const Input& input) const {
    torch::Tensor scaled = input.x * rows_at(scales_, steps);
    if (!input.observed.defined()) {
        return scaled;
    }
    return torch::cat({scaled, input.observed.unsqueeze(0).expand({input.x.size(0), -1, -1})}, 2);
}

Policy::Answer Policy::answer(const std::vector<int64_t>& steps, const Input& input, Tape* tape) const {
    return made_of(net_->forward(steps, network_input(steps, input), tape == nullptr ? nullptr : &tape->net), steps,
                   input, tape);
}

Policy::Answer Policy::answer_into(int64_t step, int64_t first, const Input& input, PolicyNetwork::Kept& kept) const {
    return made_of(net_->forward_into(step, first, network_input({step}, input), kept), {step}, input, nullptr);
}

bool Policy::follow(PolicyNetwork::Path path, int64_t first, PolicyNetwork::Kept& kept) const {
    if (options_.langevin || !mean_factors_.defined()) {
        return false;
    }
    path.scale = scales_;
    path.gain = gains_;
    path.factor = mean_factors_;
    path.range = options_.learn_variance ? static_cast<float>(options_.variance_range) : 0.F;
    path.largest = static_cast<float>(largest_answer);
    return net_->follow(path, first, kept);
}

Policy::Answer Policy::answer_from(const std::vector<int64_t>& steps, const Input& input,
                                   const PolicyNetwork::Kept& kept, Tape* tape) const {
    if (tape != nullptr) {
        tape->net = net_->tape_of(steps, kept);
    }
    return made_of(rows_at(kept.out, steps), steps, input, tape);
}

Policy::Answer Policy::made_of(const torch::Tensor& raw, const std::vector<int64_t>& steps, const Input& input,
                               Tape* tape) const {
    const int64_t d = reference_->dimension();
    torch::Tensor shift = raw.narrow(2, 0, d);
    if (options_.langevin) {
        const int64_t shares = net_->shares();
        shift = shift + (raw.narrow(2, raw.size(2) - shares, shares) + first_langevin) * input.gradient;
    }
    Answer answer{shift.clamp(-largest_answer, largest_answer).mul_(rows_at(gains_, steps)), {}};
    torch::Tensor bend;
    if (options_.learn_variance) {
        bend = raw.narrow(2, d, d).tanh();
        answer.log_scale = bend * options_.variance_range;
    }
    if (tape != nullptr) {
        tape->steps = steps;
        tape->bend = bend;
        tape->gradient = input.gradient;
    }
    return answer;
}

// Answers so large that they are clipped count as if they were not: a policy that has left the scale finds its way
// back.
void Policy::backward(const Tape& tape, const Answer& at_answer, Gradient& gradient, torch::Tensor* at_x) const {
    const torch::Tensor at_mean = at_answer.shift * rows_at(gains_, tape.steps);
    std::vector<torch::Tensor> at_raw{at_mean};
    if (options_.learn_variance) {
        at_raw.push_back(at_answer.log_scale.defined()
                             ? at_answer.log_scale * (1 - tape.bend.square()) * options_.variance_range
                             : torch::zeros_like(at_mean));
    }
    if (options_.langevin) {
        const torch::Tensor at_shares = at_mean * tape.gradient;
        at_raw.push_back(net_->shares() == 1 ? at_shares.sum(2, true) : at_shares);
    }
    const torch::Tensor all = at_raw.size() == 1 ? at_mean : torch::cat(at_raw, 2);
    torch::Tensor at_input;
    net_->backward(*tape.net, all, gradient, at_x == nullptr ? nullptr : &at_input);
    if (at_x != nullptr) {
        *at_x = at_input.narrow(2, 0, reference_->dimension()) * rows_at(scales_, tape.steps);
    }
}

}  // namespace drift
