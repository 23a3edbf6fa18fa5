#include "core/training/walk.h"

#include "core/training/pieces.h"
#include "core/training/residual.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

torch::Tensor rows(const torch::Tensor& tensor, const Piece& piece) {
    return tensor.defined() ? tensor.narrow(0, piece.first, piece.count) : tensor;
}

}  // namespace

Walk start_walk(const Model& model, int64_t count, const Random& random) {
    Walk walk;
    walk.x = torch::empty({count, model.reference->dimension()}, model.numbers);
    model.reference->start(walk.x, random);
    walk.log_ratio = torch::zeros({count}, model.numbers.dtype(torch::kFloat64));
    walk.observed = model.terminal->given_observed(count);
    return walk;
}

void step_walk(const Model& model, const Policy& policy, int64_t k, const Random& random, const Walk& from, Walk& to) {
    random.fill_normals(to.x, kernels::Purpose::Proposal, k);  // noise first, the next place in the end
    const double scale = std::sqrt(model.reference->variance(k));
    const std::vector<Piece> pieces = pieces_of(from.x.size(0), policy.network().portions().walked);
    in_pieces(static_cast<int64_t>(pieces.size()), from.x.device(), [&](int64_t i) {
        const Piece& piece = pieces[static_cast<size_t>(i)];
        const torch::Tensor x = rows(from.x, piece);
        const torch::Tensor mean = model.reference->mean(k, x);
        const torch::Tensor observed = rows(from.observed, piece);
        const torch::Tensor told = model.policy.langevin ? model.terminal->guide(x, observed) : torch::Tensor{};
        const Policy::Answer answer = policy.answer({k}, policy_input(model, x, told, observed));
        torch::Tensor next = rows(to.x, piece);
        next.mul_(scale);
        if (answer.log_scale.defined()) {
            next.mul_((answer.log_scale.select(0, 0) * 0.5).exp_());
        }
        next.add_(answer.shift.select(0, 0)).add_(mean);
        const torch::Tensor ratio =
            log_ratios(answer, next.unsqueeze(0), mean.unsqueeze(0), rows_at(policy.variances(), {k}));
        rows(to.log_ratio, piece).copy_(rows(from.log_ratio, piece) + ratio.select(0, 0));
    });
    to.observed = from.observed;
}

torch::Tensor log_weights_of(const Model& model, const Walk& ended) {
    return model.terminal->evaluate(ended.x, ended.observed).log_w(model.power) - ended.log_ratio.to(torch::kCPU);
}

torch::Tensor finish_walk(const Model& model, const Policy& policy, const Random& random, Walk& walk) {
    Walk next{torch::empty_like(walk.x), torch::empty_like(walk.log_ratio), walk.observed};
    for (int64_t k = 0; k < model.reference->steps(); ++k) {
        step_walk(model, policy, k, random, walk, next);
        std::swap(walk, next);
    }
    return log_weights_of(model, walk);
}

}  // namespace drift
