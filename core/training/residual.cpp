#include "core/training/residual.h"

#include <algorithm>
#include <numeric>

namespace drift {
namespace {

/// Steps in blocks of as many rows as the network wants at a time, about, of the trajectories `which`.
void add_blocks(const Policy& policy, const std::vector<int64_t>& steps, const Piece& which, bool kept,
                std::vector<Answers>& blocks) {
    if (which.count == 0) {
        return;
    }
    for (const Piece& piece : policy.network().step_blocks(static_cast<int64_t>(steps.size()), which.count)) {
        const auto first = steps.begin() + piece.first;
        blocks.push_back({{first, first + piece.count}, which, kept, {}, {}});
    }
}

torch::Tensor nexts(const Trajectories& trajectories, const Answers& block) {
    return rows_at(trajectories.x.narrow(0, 1, trajectories.steps()), block);
}

void ask(const Model& model, const Policy& policy, const Trajectories& trajectories, Answers& block) {
    const auto of = [&](const torch::Tensor& all) { return all.defined() ? rows_at(all, block) : torch::Tensor{}; };
    const torch::Tensor observed = trajectories.observed.defined()
                                       ? trajectories.observed.narrow(0, block.which.first, block.which.count)
                                       : torch::Tensor{};
    const Policy::Input input =
        policy_input(model, rows_at(trajectories.x, block), of(trajectories.gradient), observed);
    block.answer = block.kept ? policy.answer_from(block.steps, input, *trajectories.kept, &block.tape)
                              : policy.answer(block.steps, input, &block.tape);
}

}  // namespace

torch::Tensor rows_at(const torch::Tensor& all, const Answers& block) {
    const torch::Tensor rows = rows_at(all, block.steps);
    return rows.size(1) == block.which.count ? rows : rows.narrow(1, block.which.first, block.which.count);
}

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
    Scored scored;
    scored.log_ratio =
        torch::empty({trajectories.steps(), trajectories.count()}, trajectories.x.options().dtype(torch::kFloat64));
    const int64_t kept = trajectories.kept != nullptr ? trajectories.kept->count() : 0;
    std::vector<Answers> blocks;
    add_blocks(policy, all, {0, kept}, true, blocks);
    add_blocks(policy, all, {kept, trajectories.count() - kept}, false, blocks);
    in_pieces(static_cast<int64_t>(blocks.size()), trajectories.x.device(), [&](int64_t i) {
        Answers& block = blocks[static_cast<size_t>(i)];
        const PlainArithmetic plain(block.kept);
        ask(model, policy, trajectories, block);
        rows_at(scored.log_ratio, block)
            .copy_(log_ratios(block.answer, nexts(trajectories, block), rows_at(trajectories.mean, block),
                              rows_at(policy.variances(), block.steps)));
        if (!keep) {
            block = {};
        }
    });
    if (keep) {
        scored.answers = std::move(blocks);
    }
    return scored;
}

std::vector<Answers> answers_at(const Model& model, const Policy& policy, const Trajectories& trajectories,
                                const std::vector<int64_t>& steps) {
    std::vector<Answers> blocks;
    add_blocks(policy, steps, {0, trajectories.count()}, false, blocks);
    in_pieces(static_cast<int64_t>(blocks.size()), trajectories.x.device(),
              [&](int64_t i) { ask(model, policy, trajectories, blocks[static_cast<size_t>(i)]); });
    return blocks;
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
            const PlainArithmetic plain(block.kept);
            policy.backward(block.tape, at_answer(block), part);
        }
    });
    return policy.finished(parts);
}

AnswerGradient weighted_log_q(const Policy& policy, const Trajectories& trajectories, const torch::Tensor& weights) {
    return [&policy, &trajectories, weights = weights.to(policy.numbers())](const Answers& block) {
        const torch::Tensor w = rows_at(weights, block).unsqueeze(2);
        const torch::Tensor apart = nexts(trajectories, block) - rows_at(trajectories.mean, block) - block.answer.shift;
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
