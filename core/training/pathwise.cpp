#include "core/training/pathwise.h"

#include "core/training/pieces.h"

#include <numeric>

namespace drift {
namespace {

constexpr int64_t rows_of_a_piece = 160;

torch::Tensor rows(const torch::Tensor& tensor, const Piece& piece) {
    return tensor.defined() ? tensor.narrow(0, piece.first, piece.count) : tensor;
}

/// One piece of the trajectories, from the end to the start.
struct Sweep {
    const Model& model;
    const Policy& policy;
    const Trajectories& trajectories;
    Piece piece;
    double share;  // of one trajectory in the mean
    double kl = 0;
    torch::Tensor log_ratio;  // [rows]
    Policy::Gradient gradient;

    torch::Tensor part(const torch::Tensor& all, int64_t k) const { return rows(all.select(0, k), piece); }

    /// From the adjoint at x_{k+1} to that at x_k.
    torch::Tensor step(int64_t k, const torch::Tensor& adjoint) {
        const torch::Tensor x = part(trajectories.x, k);
        Policy::Tape tape;
        const torch::Tensor told = trajectories.gradient.defined() ? part(trajectories.gradient, k) : torch::Tensor{};
        const Policy::Answer answer =
            policy.answer({k}, policy_input(model, x, told, rows(trajectories.observed, piece)), &tape);
        log_ratio.add_(log_ratios(answer, part(trajectories.x, k + 1).unsqueeze(0),
                                  part(trajectories.mean, k).unsqueeze(0), policy.variances().narrow(0, k, 1))
                           .select(0, 0));
        const torch::Tensor shift = answer.shift.select(0, 0);
        const double v = model.reference->variance(k);
        torch::Tensor kl_terms = shift.square() / v;
        Policy::Answer at_answer;
        at_answer.shift = (adjoint + shift * (share / v)).unsqueeze(0);
        if (answer.log_scale.defined()) {
            const torch::Tensor log_scale = answer.log_scale.select(0, 0);
            const torch::Tensor scale = log_scale.exp();
            const torch::Tensor noise = part(trajectories.x, k + 1) - part(trajectories.mean, k) - shift;
            kl_terms = kl_terms + scale - 1 - log_scale;
            at_answer.log_scale = (adjoint * noise * 0.5 + (scale - 1) * (0.5 * share)).unsqueeze(0);
        }
        kl += 0.5 * share * kl_terms.sum(torch::kFloat64).item<double>();
        torch::Tensor at_x;
        policy.backward(tape, at_answer, gradient, &at_x);
        return at_x.select(0, 0) + model.reference->pullback(k, x, adjoint);
    }
};

}  // namespace

PathwiseResult reverse_kl(const Model& model, const Policy& policy, const Trajectories& trajectories, double beta) {
    const auto n = static_cast<double>(trajectories.count());
    const torch::Tensor at_end = model.terminal->gradient(trajectories.last(), beta, trajectories.observed) * (-1 / n);
    const std::vector<Piece> pieces = pieces_of(trajectories.count(), rows_of_a_piece);
    std::vector<Policy::Gradient> parts(pieces.size());
    std::vector<double> kl(pieces.size());
    torch::Tensor log_ratio = torch::zeros({trajectories.count()}, at_end.options().dtype(torch::kFloat64));
    in_pieces(static_cast<int64_t>(pieces.size()), at_end.device(), [&](int64_t i) {
        const auto at = static_cast<size_t>(i);
        Sweep sweep{
            model, policy, trajectories, pieces[at], 1 / n, 0, rows(log_ratio, pieces[at]), policy.no_gradient()};
        torch::Tensor adjoint = rows(at_end, pieces[at]);
        for (int64_t k = trajectories.steps() - 1; k >= 0; --k) {
            adjoint = sweep.step(k, adjoint);
        }
        parts[at] = std::move(sweep.gradient);
        kl[at] = sweep.kl;
    });
    PathwiseResult result;
    alone([&] { result.loss = -trajectories.value.log_w(beta).mean().item<double>(); });
    result.loss += std::accumulate(kl.begin(), kl.end(), 0.0);
    result.gradient = policy.finished(parts);
    result.log_ratio = log_ratio.to(torch::kCPU);
    return result;
}

PathwiseResult adjoint_matching(const Model& model, const Policy& policy, const Trajectories& trajectories,
                                double beta) {
    const auto n = static_cast<double>(trajectories.count());
    const int64_t steps = trajectories.steps();
    torch::Tensor adjoints = torch::empty_like(trajectories.mean);  // [k] holds a_{k+1}
    adjoints.select(0, steps - 1).copy_(-model.terminal->gradient(trajectories.last(), beta, trajectories.observed));
    for (int64_t k = steps - 1; k > 0; --k) {
        adjoints.select(0, k - 1).copy_(
            model.reference->pullback(k, trajectories.x.select(0, k), adjoints.select(0, k)));
    }
    const Scored scored = score(model, policy, trajectories, true);
    const auto wanted = [&](const Answers& block) {
        const torch::Tensor v = rows_at(policy.variances(), block.steps);
        Policy::Answer gradient;
        gradient.shift = (block.answer.shift / v + rows_at(adjoints, block)) / n;
        return gradient;
    };
    PathwiseResult result;
    result.log_ratio = scored.log_ratio.sum(0).to(torch::kCPU);
    alone([&] {
        for (const Answers& block : scored.answers) {
            const torch::Tensor v = rows_at(policy.variances(), block.steps);
            const torch::Tensor apart = block.answer.shift + v * rows_at(adjoints, block);
            result.loss += 0.5 / n * (apart.square() / v).sum(torch::kFloat64).item<double>();
        }
    });
    result.gradient = gradient_of(policy, scored.answers, wanted);
    return result;
}

}  // namespace drift
