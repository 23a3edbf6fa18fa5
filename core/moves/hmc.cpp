// Hamiltonian Monte Carlo (Neal 2011): a momentum is drawn, a trajectory of leapfrogs followed and its end accepted by
// the error in energy. The step size of each trajectory varies by a share, so that no trajectory keeps coming back to
// where it began.

#include "core/moves/leaps.h"

namespace drift {
namespace {

class Hmc final : public Move {
public:
    explicit Hmc(const MoveOptions& options) : options_(options) {}

    double wanted_acceptance() const override { return 0.75; }
    double power_of_spread() const override { return options_.cloud_mass ? 0 : 1; }
    CloudShape wants() const override { return options_.cloud_mass ? CloudShape::Variances : CloudShape::Unknown; }
    int64_t evaluations() const override { return options_.leapfrogs; }

    void take(const Target& target, double beta, const Tuning& tuning, const Random& random, int64_t number,
              MoveScratch& scratch, Cloud& cloud) const override {
        const double u = random.uniform(kernels::Purpose::Jitter, number);
        const double h = tuning.step_size * (1 + options_.jitter * (2 * u - 1));
        AT_DISPATCH_FLOATING_TYPES(cloud.x.scalar_type(), "hmc", [&] {
            leaps::trajectory<scalar_t>(target, beta, tuning, h, options_.leapfrogs, random, number, scratch, cloud);
        });
    }

private:
    MoveOptions options_;
};

}  // namespace

std::shared_ptr<const Move> hmc_move(const MoveOptions& options) {
    return std::make_shared<const Hmc>(options);
}

}  // namespace drift
