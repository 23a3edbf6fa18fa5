// Random-walk Metropolis with the covariance that is best for a Gaussian (Roberts, Gelman, Gilks 1997):
// x* = x + s L z, L L^T = 2.38^2 / d Cov of the cloud. Needs no gradient.

#include "core/moves/leaps.h"

namespace drift {
namespace {

class RandomWalk final : public Move {
public:
    double wanted_acceptance() const override { return 0.234; }
    bool needs_gradient() const override { return false; }
    CloudShape wants() const override { return CloudShape::Covariance; }
    double power_of_spread() const override { return 0; }

    void take(const Target& target, double beta, const Tuning& tuning, const Random& random, int64_t number,
              MoveScratch& scratch, Cloud& cloud) const override {
        random.fill_normals(scratch.proposal.x, kernels::Purpose::Momentum, number);
        AT_DISPATCH_FLOATING_TYPES(cloud.x.scalar_type(), "random_walk", [&] {
            const kernels::Exec exec = exec_on(cloud.x.device());
            kernels::Walk<scalar_t> step;
            step.n = cloud.x.size(0);
            step.dims = cloud.x.numel() / step.n;
            step.scale = tuning.step_size * 2.38 / std::sqrt(static_cast<double>(step.dims));
            step.diagonal = tuning.factor.dim() == 1;
            step.factor = tuning.factor.const_data_ptr<scalar_t>();
            step.x = cloud.x.const_data_ptr<scalar_t>();
            step.next = scratch.proposal.x.mutable_data_ptr<scalar_t>();
            kernels::walk(exec, step);
            target.evaluate(scratch.proposal);
            kernels::Decision<scalar_t> decision;
            decision.n = step.n;
            decision.dims = step.dims;
            decision.beta = beta;
            decision.uniforms = leaps::stream(random, kernels::Purpose::Acceptance, number);
            decision.proposal = leaps::known<scalar_t>(scratch.proposal);
            decision.now = leaps::known<scalar_t>(cloud);
            decision.acceptance = scratch.acceptance.data_ptr<double>();
            kernels::decide(exec, decision);
        });
    }
};

}  // namespace

std::shared_ptr<const Move> random_walk_move() {
    return std::make_shared<const RandomWalk>();
}

}  // namespace drift
