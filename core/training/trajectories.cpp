#include "core/training/trajectories.h"

#include "core/training/pieces.h"

#include <cmath>

namespace drift {
namespace {

/// Standard normals [T, n, d]: those of step k belong to (seed, k, row).
torch::Tensor noise_of(const Trajectories& trajectories, const Random& random) {
    torch::Tensor noise = torch::empty_like(trajectories.mean);
    for (int64_t k = 0; k < trajectories.steps(); ++k) {
        torch::Tensor row = noise.select(0, k);
        random.fill_normals(row, kernels::Purpose::Proposal, k);
    }
    return noise;
}

torch::Tensor rows(const torch::Tensor& tensor, const Piece& piece) {
    return tensor.defined() ? tensor.narrow(0, piece.first, piece.count) : tensor;
}

/// Rows of a piece, a view a step.
std::vector<torch::Tensor> views(const torch::Tensor& all, const Piece& piece) {
    return all.defined() ? all.narrow(1, piece.first, piece.count).unbind(0) : std::vector<torch::Tensor>{};
}

/// Steps `from` to the end for the rows of a piece. `moves` [T, n, d] is what the reference adds to its mean, and is
/// overwritten. There are so many steps of so few rows that every operation of LibTorch counts.
void roll_piece(const Model& model, const Policy* policy, const RollOptions& options, const torch::Tensor& moves,
                const Piece& piece, Trajectories& trajectories) {
    const torch::Tensor observed = rows(trajectories.observed, piece);
    const std::vector<torch::Tensor> x = views(trajectories.x, piece);
    const std::vector<torch::Tensor> mean = views(trajectories.mean, piece);
    const std::vector<torch::Tensor> gradient = views(trajectories.gradient, piece);
    const std::vector<torch::Tensor> move = views(moves, piece);
    if (options.extra.defined()) {
        moves.narrow(1, piece.first, piece.count).mul_((rows(options.extra, piece).square() + 1).sqrt());
    }
    if (trajectories.kept != nullptr && policy->follow({.told = policy_input(model, {}, {}, observed).observed,
                                                        .x = trajectories.x.narrow(1, piece.first, piece.count),
                                                        .mean = trajectories.mean.narrow(1, piece.first, piece.count),
                                                        .moves = moves.narrow(1, piece.first, piece.count)},
                                                       piece.first, *trajectories.kept)) {
        return;
    }
    for (auto k = static_cast<size_t>(options.from); k < move.size(); ++k) {
        const auto step = static_cast<int64_t>(k);
        mean[k].copy_(model.reference->mean(step, x[k]));
        torch::Tensor told;
        if (!gradient.empty()) {
            told = model.terminal->guide(x[k], observed);
            gradient[k].copy_(told);
        }
        const PlainArithmetic plain(trajectories.kept != nullptr);
        const torch::Tensor& moved = move[k];
        if (options.follow_policy) {
            const Policy::Input input = policy_input(model, x[k], told, observed);
            const Policy::Answer answer = trajectories.kept != nullptr
                                              ? policy->answer_into(step, piece.first, input, *trajectories.kept)
                                              : policy->answer({step}, input);
            if (answer.log_scale.defined()) {
                moved.mul_((answer.log_scale.select(0, 0) * 0.5).exp_());
            }
            moved.add_(answer.shift.select(0, 0));
        }
        torch::Tensor next = x[k + 1];
        at::add_out(next, moved, mean[k]);
    }
}

}  // namespace

Policy::Input policy_input(const Model& model, const torch::Tensor& x, const torch::Tensor& gradient,
                           const torch::Tensor& observed) {
    const auto with_steps = [](const torch::Tensor& tensor) {
        return tensor.defined() && tensor.dim() == 2 ? tensor.unsqueeze(0) : tensor;
    };
    return {with_steps(x), with_steps(gradient),
            observed.defined() ? model.terminal->normalised(observed) : torch::Tensor{}};
}

Trajectories room_for(const Model& model, int64_t count, TrajectorySource source) {
    const int64_t steps = model.reference->steps();
    const int64_t d = model.reference->dimension();
    Trajectories trajectories;
    trajectories.x = torch::empty({steps + 1, count, d}, model.numbers);
    trajectories.mean = torch::empty({steps, count, d}, model.numbers);
    if (model.policy.langevin) {
        trajectories.gradient = torch::empty({steps, count, d}, model.numbers);
    }
    trajectories.source.assign(static_cast<size_t>(count), source);
    return trajectories;
}

void roll(const Model& model, const Policy* policy, const RollOptions& options, const Random& random,
          Trajectories& trajectories) {
    if (options.from == 0) {
        torch::Tensor start = trajectories.x.select(0, 0);
        model.reference->start(start, random);
    }
    const torch::Tensor moves = noise_of(trajectories, random);
    for (int64_t k = 0; k < trajectories.steps(); ++k) {
        moves.select(0, k).mul_(std::sqrt(model.reference->variance(k)));
    }
    const PolicyNetwork::Portions portions =
        policy != nullptr ? policy->network().portions() : PolicyNetwork::Portions{};
    if (options.keep && options.follow_policy && options.from == 0) {
        trajectories.kept = policy->network().room(trajectories.count());
    }
    const std::vector<Piece> pieces = pieces_of(trajectories.count(), portions.rolled);
    in_pieces(static_cast<int64_t>(pieces.size()), moves.device(), [&](int64_t i) {
        roll_piece(model, policy, options, moves, pieces[static_cast<size_t>(i)], trajectories);
    });
    look_at_ends(model, trajectories);
}

void go_back(const Model& model, const Random& random, Trajectories& trajectories) {
    const torch::Tensor noise = noise_of(trajectories, random);
    for (int64_t k = trajectories.steps() - 1; k >= 0; --k) {
        trajectories.x.select(0, k).copy_(
            model.reference->backward(k, trajectories.x.select(0, k + 1), noise.select(0, k)));
    }
}

void look_around(const Model& model, Trajectories& trajectories) {
    in_pieces(trajectories.steps(), trajectories.x.device(), [&](int64_t k) {
        const torch::Tensor x = trajectories.x.select(0, k);
        trajectories.mean.select(0, k).copy_(model.reference->mean(k, x));
        if (trajectories.gradient.defined()) {
            trajectories.gradient.select(0, k).copy_(model.terminal->guide(x, trajectories.observed));
        }
    });
}

void look_at_ends(const Model& model, Trajectories& trajectories) {
    trajectories.value = model.terminal->evaluate(trajectories.last(), trajectories.observed);
}

Trajectories joined(const std::vector<Trajectories>& parts) {
    if (parts.size() == 1) {
        return parts.front();
    }
    const auto all = [&](const auto& member, int64_t dimension) {
        std::vector<torch::Tensor> tensors;
        tensors.reserve(parts.size());
        for (const Trajectories& part : parts) {
            tensors.push_back(member(part));
        }
        return tensors.front().defined() ? torch::cat(tensors, dimension) : torch::Tensor{};
    };
    Trajectories result;
    result.kept = parts.front().kept;
    result.x = all([](const Trajectories& t) { return t.x; }, 1);
    result.mean = all([](const Trajectories& t) { return t.mean; }, 1);
    result.gradient = all([](const Trajectories& t) { return t.gradient; }, 1);
    result.observed = all([](const Trajectories& t) { return t.observed; }, 0);
    result.value.base = all([](const Trajectories& t) { return t.value.base; }, 0);
    result.value.log_r = all([](const Trajectories& t) { return t.value.log_r; }, 0);
    for (const Trajectories& part : parts) {
        result.source.insert(result.source.end(), part.source.begin(), part.source.end());
    }
    return result;
}

Trajectories chosen(const Trajectories& all, const std::vector<int64_t>& which) {
    const torch::Tensor host = torch::tensor(which, torch::kInt64);
    const torch::Tensor index = host.to(all.x.device());
    const auto of = [](const torch::Tensor& tensor, int64_t dimension, const torch::Tensor& rows_wanted) {
        return tensor.defined() ? tensor.index_select(dimension, rows_wanted) : tensor;
    };
    Trajectories result;
    result.x = of(all.x, 1, index);
    result.mean = of(all.mean, 1, index);
    result.gradient = of(all.gradient, 1, index);
    result.observed = of(all.observed, 0, index);
    result.value = {of(all.value.base, 0, host), of(all.value.log_r, 0, host)};
    for (const int64_t i : which) {
        result.source.push_back(all.source[static_cast<size_t>(i)]);
    }
    return result;
}

}  // namespace drift
