// The Metropolis-adjusted Langevin algorithm (Roberts and Tweedie 1996): x* = x + eps grad log pi(x) + sqrt(2 eps) z,
// accepted by the ratio of pi and of the proposal densities forward and back. It is one leapfrog of step sqrt(2 eps).

#include "core/moves/leaps.h"

namespace drift {
namespace {

class Mala final : public Move {
public:
    double wanted_acceptance() const override { return 0.574; }
    double power_of_spread() const override { return 2; }

    void take(const Target& target, double beta, const Tuning& tuning, const Random& random, int64_t number,
              MoveScratch& scratch, Cloud& cloud) const override {
        AT_DISPATCH_FLOATING_TYPES(cloud.x.scalar_type(), "mala", [&] {
            leaps::trajectory<scalar_t>(target, beta, tuning, std::sqrt(2 * tuning.step_size), 1, random, number,
                                        scratch, cloud);
        });
    }
};

}  // namespace

std::shared_ptr<const Move> mala_move() {
    return std::make_shared<const Mala>();
}

}  // namespace drift
