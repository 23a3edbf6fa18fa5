// Unadjusted Langevin: x' = x + eps grad log pi(x) + sqrt(2 eps) z. Needs no density; its stationary distribution is
// off by O(eps).

#include "core/moves/leaps.h"

namespace drift {
namespace {

class Ula final : public Move {
public:
    double wanted_acceptance() const override { return 0; }
    double power_of_spread() const override { return 2; }

    void take(const Target& target, double beta, const Tuning& tuning, const Random& random, int64_t number,
              MoveScratch& scratch, Cloud& cloud) const override {
        AT_DISPATCH_FLOATING_TYPES(cloud.x.scalar_type(), "ula", [&] {
            auto leap = leaps::leap<scalar_t>(cloud, beta, tuning, std::sqrt(2 * tuning.step_size), cloud.x);
            leap.noise = leaps::stream(random, kernels::Purpose::Momentum, number);
            leap.not_finite = scratch.not_finite.zero_().data_ptr<int32_t>();
            kernels::begin_leap(exec_on(cloud.x.device()), leap);
        });
        target.evaluate(cloud);
    }
};

}  // namespace

std::shared_ptr<const Move> ula_move() {
    return std::make_shared<const Ula>();
}

}  // namespace drift
