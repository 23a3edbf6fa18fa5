#include "core/guided_move.h"

#include <cmath>

namespace drift {
namespace {

/// What zeta * pull means for D in x' = (1 - c)(D + shift) + c x + tau z. The norm and step forms are written as
/// additions to x', hence the division (guidance.md 1.5).
double shift_scale(const GuidedMove& move, PullForm form) {
    switch (form) {
        case PullForm::Score:
            return move.zeta;
        case PullForm::UnitResidual:
            return move.zeta * std::sqrt((1 + move.sigma * move.sigma) * (1 + move.sigma_next * move.sigma_next)) /
                   (1 - move.c);
        default:
            return move.zeta / (1 - move.c);
    }
}

}  // namespace

GuidedMove guided_move(const GuidedOptions& options, const Schedule& schedule, int64_t k) {
    GuidedMove move;
    move.sigma = schedule.at(k);
    move.sigma_next = schedule.at(k + 1);
    move.last = k + 1 == schedule.steps();
    move.eta = options.eta.at_step(k, schedule.steps());
    move.zeta = options.guidance.at_step(k, schedule.steps());
    if (options.noise_balance) {
        move.tau = move.sigma_next * std::sqrt(options.noise_balance->at_step(k, schedule.steps()));
        move.eta = eta_of(move.tau, move.sigma, move.sigma_next);
    } else {
        move.tau = injected_noise(move.sigma, move.sigma_next, move.eta);
    }
    move.c = keep_factor(move.sigma, move.sigma_next, move.tau);
    move.shift_scale = shift_scale(move, options.form);
    return move;
}

}  // namespace drift
