#include "core/training/residual.h"

#include "core/training/pieces.h"

#include <algorithm>
#include <numeric>

namespace drift {
namespace {

/// Steps in blocks of as many rows as the network wants at a time, about.
std::vector<std::vector<int64_t>> blocks_of(const Policy& policy, const std::vector<int64_t>& steps, int64_t n) {
    const int64_t rows = policy.network().portions().scored;
    const auto total = static_cast<int64_t>(steps.size());
    std::vector<std::vector<int64_t>> blocks;
    for (const Piece& piece : pieces_of(total, std::max<int64_t>(1, rows / n))) {
        const auto first = steps.begin() + piece.first;
        blocks.emplace_back(first, first + piece.count);
    }
    return blocks;
}

torch::Tensor nexts(const Trajectories& trajectories, const std::vector<int64_t>& steps) {
    return rows_at(trajectories.x.narrow(0, 1, trajectories.steps()), steps);
}

Answers answers_of(const Model& model, const Policy& policy, const Trajectories& trajectories,
                   const std::vector<int64_t>& steps) {
    Answers answers;
    answers.steps = steps;
    const torch::Tensor gradient =
        trajectories.gradient.defined() ? rows_at(trajectories.gradient, steps) : torch::Tensor{};
    answers.answer = policy.answer(
        steps, policy_input(model, rows_at(trajectories.x, steps), gradient, trajectories.observed), &answers.tape);
    return answers;
}

}  // namespace

torch::Tensor log_ratios(const Policy::Answer& answer, const torch::Tensor& next, const torch::Tensor& mean,
                         const torch::Tensor& variance) {
    const torch::Tensor from_reference = next - mean;
    torch::Tensor terms;
    if (answer.log_scale.defined()) {
        const torch::Tensor from_policy = from_reference - answer.shift;
        const torch::Tensor ours = from_policy.square() * (-answer.log_scale).exp_();
        terms = ((from_reference.square() - ours) / variance - answer.log_scale) * 0.5;
    } else {
        terms = answer.shift * (from_reference - answer.shift * 0.5) / variance;
    }
    return terms.sum(2, false, torch::kFloat64);
}

Scored score(const Model& model, const Policy& policy, const Trajectories& trajectories, bool keep) {
    std::vector<int64_t> all(static_cast<size_t>(trajectories.steps()));
    std::iota(all.begin(), all.end(), int64_t{0});
    const auto blocks = blocks_of(policy, all, trajectories.count());
    Scored scored;
    scored.log_ratio =
        torch::empty({trajectories.steps(), trajectories.count()}, trajectories.x.options().dtype(torch::kFloat64));
    scored.answers.resize(keep ? blocks.size() : 0);
    in_pieces(static_cast<int64_t>(blocks.size()), trajectories.x.device(), [&](int64_t i) {
        const std::vector<int64_t>& steps = blocks[static_cast<size_t>(i)];
        Answers answers = answers_of(model, policy, trajectories, steps);
        rows_at(scored.log_ratio, steps)
            .copy_(log_ratios(answers.answer, nexts(trajectories, steps), rows_at(trajectories.mean, steps),
                              rows_at(policy.variances(), steps)));
        if (keep) {
            scored.answers[static_cast<size_t>(i)] = std::move(answers);
        }
    });
    return scored;
}

std::vector<Answers> answers_at(const Model& model, const Policy& policy, const Trajectories& trajectories,
                                const std::vector<int64_t>& steps) {
    const auto blocks = blocks_of(policy, steps, trajectories.count());
    std::vector<Answers> answers(blocks.size());
    in_pieces(static_cast<int64_t>(blocks.size()), trajectories.x.device(), [&](int64_t i) {
        answers[static_cast<size_t>(i)] = answers_of(model, policy, trajectories, blocks[static_cast<size_t>(i)]);
    });
    return answers;
}

torch::Tensor gradient_of(const Policy& policy, const std::vector<Answers>& answers, const AnswerGradient& at_answer) {
    // Blocks one after the other share a part where parts are large.
    const auto count = static_cast<int64_t>(answers.size());
    const int64_t most = policy.network().portions().parts;
    const std::vector<Piece> pieces = pieces_of(count, count > most ? (count + most - 1) / most : 1);
    std::vector<Policy::Gradient> parts(pieces.size());
    in_pieces(static_cast<int64_t>(pieces.size()), policy.variances().device(), [&](int64_t i) {
        const Piece& piece = pieces[static_cast<size_t>(i)];
        Policy::Gradient& part = parts[static_cast<size_t>(i)];
        part = policy.no_gradient();
        for (int64_t j = piece.first; j < piece.first + piece.count; ++j) {
            const Answers& block = answers[static_cast<size_t>(j)];
            policy.backward(block.tape, at_answer(block), part);
        }
    });
    return policy.finished(parts);
}

AnswerGradient weighted_log_q(const Policy& policy, const Trajectories& trajectories, const torch::Tensor& weights) {
    return [&policy, &trajectories, weights = weights.to(policy.numbers())](const Answers& block) {
        const torch::Tensor w = rows_at(weights, block.steps).unsqueeze(2);
        const torch::Tensor apart =
            nexts(trajectories, block.steps) - rows_at(trajectories.mean, block.steps) - block.answer.shift;
        torch::Tensor scaled = apart / rows_at(policy.variances(), block.steps);
        Policy::Answer gradient;
        if (block.answer.log_scale.defined()) {
            scaled.mul_((-block.answer.log_scale).exp_());
            gradient.log_scale = (apart * scaled - 1) * (w * 0.5);
        }
        gradient.shift = scaled * w;
        return gradient;
    };
}

}  // namespace drift
