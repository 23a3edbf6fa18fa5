// Moves that leave pi_beta as it is (or, without a decision, nearly so): one file each. A move takes all particles of a
// cloud one step on, each by itself; what they share is the tuning. specs/guidance.md 2.6.
#pragma once

#include "core/target.h"

#include <cstdint>
#include <memory>

namespace drift {

/// What a move has learnt from the cloud.
struct Tuning {
    double step_size = 0;        // in the move's own unit
    torch::Tensor inverse_mass;  // [d] in the type of the particles; undefined for 1
    torch::Tensor factor;        // [d, d] or [d]: of the cloud's covariance, for random walks
};

/// Memory that a move needs and nobody reads afterwards, except the probabilities of acceptance.
struct MoveScratch {
    Cloud proposal;
    torch::Tensor momentum;    // [n, ...]
    torch::Tensor kinetic;     // [n] float64
    torch::Tensor acceptance;  // [n] float64
    torch::Tensor not_finite;  // [1] int32, particles that a move without a decision left without a finite place
};

/// What a move wants to know of the cloud's covariance.
enum class CloudShape { Unknown, Variances, Covariance };

struct MoveOptions {
    int64_t leapfrogs = 10;  // of hmc
    double jitter = 0.2;     // of hmc: share by which each trajectory's step size varies
    bool cloud_mass = true;  // of hmc: the mass is 1 / the variances of the cloud
};

class Move {
public:
    virtual ~Move() = default;
    /// The mean probability of acceptance that tuning aims at; 0 for a move that takes every proposal.
    virtual double wanted_acceptance() const = 0;
    virtual bool needs_gradient() const { return true; }
    virtual CloudShape wants() const { return CloudShape::Unknown; }
    /// The step size goes with this power of the spread of what is sampled.
    virtual double power_of_spread() const = 0;
    /// Evaluations of the target that one move costs.
    virtual int64_t evaluations() const { return 1; }
    /// Takes the particles of `cloud` on. `number` counts the moves of a run: its random numbers belong to it.
    virtual void take(const Target& target, double beta, const Tuning& tuning, const Random& random, int64_t number,
                      MoveScratch& scratch, Cloud& cloud) const = 0;
};

/// x' = x + eps grad log pi + sqrt(2 eps) z, whatever that makes of pi.
std::shared_ptr<const Move> ula_move();
/// The same as a proposal.
std::shared_ptr<const Move> mala_move();
/// A trajectory of several leapfrogs as a proposal.
std::shared_ptr<const Move> hmc_move(const MoveOptions& options);
/// x' = x + s L z with L L^T = 2.38^2 / d Cov of the cloud.
std::shared_ptr<const Move> random_walk_move();

/// Memory for n particles; does nothing where it is there already.
void allocate(MoveScratch& scratch, int64_t n, const Target& target, const torch::TensorOptions& options,
              const Move& move);

/// The mean probability of acceptance of the latest move, by the weights of the particles.
double pooled_acceptance(const MoveScratch& scratch, const torch::Tensor& log_weights, double log_sum,
                         torch::Tensor& sums);

/// Learns what `move` wants from a weighted cloud [n, ...]. Returns its mean variance, 0 where it has none.
double learn_shape(const Move& move, const torch::Tensor& x, const torch::Tensor& log_weights, double log_sum,
                   torch::Tensor& sums, Tuning& tuning);

}  // namespace drift
