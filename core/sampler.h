// A sampler is a pair of functions: `init` draws the particles and `step` takes them one noise level further. Neither
// changes the sampler or the state it is given; all randomness comes in. `step` writes into a second, pooled state, so
// that a warm run allocates no places; what a step leaves as it was both states share. design.md, "Types".
#pragma once

#include "core/catalog.h"
#include "core/frame.h"
#include "core/moves/move.h"
#include "core/problem.h"
#include "core/random.h"
#include "core/schedule.h"
#include "core/torch.h"
#include "core/twist.h"

#include <limits>

namespace drift {

class GridPosterior;  // core/grid_posterior.h
struct TrainerState;  // core/training/trainer_state.h
struct Scene;         // core/scene.h

/// Memory that a step needs. Only states that share what it left as it was read it afterwards (own(), guided_state.h).
struct Scratch {
    torch::Tensor x;           // [n, ...] of the parents, in the order of their children
    torch::Tensor log_twist;   // [n] likewise, or log_potential
    torch::Tensor running;     // [n] likewise
    torch::Tensor log_ratio;   // [n] log p / q of the step
    torch::Tensor cumulative;  // [n] of the weights
    torch::Tensor positions;   // [n + 1] of multinomial resampling
    torch::Tensor sums;        // of the reductions
    torch::Tensor not_finite;  // [1] int32, the particles that a step left without a finite place
};

/// One temperature of a ladder, with what the moves there go by.
struct Rung {
    double beta = 0;
    Tuning tuning;
};

/// What methods that move particles at fixed temperatures carry along.
struct Chains {
    Cloud cloud;        // its x is that of the state
    Tuning tuning;      // of the moves that led here
    double beta = 0;    // the temperature that they kept
    double spread = 0;  // mean variance of the cloud that they were tuned to
    int64_t moves = 0;  // made so far, which says what random numbers come next
    MoveScratch scratch;
    torch::Tensor sums;                               // of the moments of the cloud
    std::shared_ptr<const std::vector<Rung>> ladder;  // settled beforehand, or null
    Cloud starts, all;                                // waste-free: where chains begin, and all their states
};

/// Of methods that draw from the prior again and again: all draws so far, weighted by their likelihood.
struct Pool {
    int64_t draws = 0;
    double log_sum = -std::numeric_limits<double>::infinity();      // of the weights
    double log_squares = -std::numeric_limits<double>::infinity();  // likewise of their squares
    double log_most = -std::numeric_limits<double>::infinity();     // of the largest one
};

struct State {
    torch::Tensor x;              // [n, ...] at noise sigma_k; z where the task has a decoder
    Evaluation at_x;              // what guidance knows there; at the last state denoised is x itself
    torch::Tensor log_weights;    // [n] float64, unnormalised, since the last resampling
    torch::Tensor drawn_by;       // [n] float64, normalised: log weights that the parents were drawn by; see drawn
    torch::Tensor ancestors;      // [n] int32, the parent of each particle in the state before; see moved_families
    torch::Tensor parents;        // [n] int32, who goes on from here; see resampled
    torch::Tensor eves;           // [n] int32, the first ancestor of each particle; see families
    bool moved_families = false;  // ancestors is written, and else stands for the identity
    bool resampled = false;       // likewise parents
    bool families = false;        // likewise eves
    bool scattered = false;       // parents and eves are in no order: families do not lie side by side
    bool scored = false;          // rewards is written
    bool drawn = false;           // drawn_by is written, by methods that weigh and resample before they move
    int64_t step = 0;             // k
    bool finished = false;        // no step leads on from here
    double log_z_base = 0;        // log Z up to the last resampling
    double log_sum = 0;           // logsumexp of log_weights
    double shift_scale = 0;       // zeta of the step that leaves this state, in units of pull added to D
    torch::Tensor rewards;        // [n] float64, lambda r at this state; see scored
    torch::Tensor log_potential;  // [n] float64, log prod G so far: what scores have given the weights
    torch::Tensor running;        // [n] float64, of potentials that remember: the maximum or the sum of lambda r so far
    Chains chains;                // of methods that walk no noise schedule
    Pool pool;
    std::shared_ptr<const TrainerState> training;    // of methods that learn: weights and all that training carries on
    std::shared_ptr<const TrainingNumbers> trained;  // what is to be said of them
    std::vector<std::string> warnings;               // what turned out on the way; one sentence each
    Scratch scratch;
    StepNumbers numbers;     // for the eye and the files, never for the next step
    int64_t sampled = -1;    // of methods that learn: the step of sampling that led here; -1 while they are trained
    bool judged = false;     // log_weights are those of trajectories of the policy from start to end
    int64_t interludes = 0;  // states of samplings that came before, with weights as they were then
    bool learned_enough = false;  // sampling comes next, whatever is left to be learned
};

struct Task {
    Problem problem;               // the one that is sampled
    Schedule schedule;             // only the level 0 for methods that walk none
    torch::TensorOptions options;  // type and place of the particles
    /// Where `problem` is that of a noise space: the one in data space, and the map there, x = f(z); else null.
    std::shared_ptr<const Problem> data_problem = nullptr;
    std::shared_ptr<const Decoder> decoder = nullptr;
    /// The posterior of `problem` by quadrature, where it has no closed form and that is to be had; else null.
    std::shared_ptr<const GridPosterior> on_grid = nullptr;
    std::string folder = {};       // that relative names of files start from
    uint64_t seed = 1;             // of what happens before particles move, such as a training
    std::string fingerprint = {};  // of prior and condition: what trained weights are for
    std::string trainings = {};    // the folder that trainings are kept in on the way; empty for none
    bool resume = false;           // go on from the one that is kept there
};

/// What the world outside may want to know of a sampler before it runs.
struct Traits {
    bool weighted = false;
    bool guided = false;
    bool ladder = false;      // beta goes from 0 to 1
    bool open_ended = false;  // how many steps it takes turns out on the way
    bool scored = false;      // State::rewards steer it
    bool learns = false;      // its first steps are those of a training
};

class Sampler {
public:
    static constexpr Kind kind = Kind::Sampler;
    using Make = std::function<std::shared_ptr<const Sampler>(const ParamSet&, Task)>;

    virtual ~Sampler() = default;
    virtual Traits traits() const = 0;
    /// What the user should know before it runs, a sentence each.
    virtual std::vector<std::string> warnings() const { return {}; }
    /// By how much every step will stretch a difference between particles, where that is known before the run
    /// (core/stability.h); else empty.
    virtual std::vector<double> amplifications() const { return {}; }
    /// How many steps lead from the start to the end; the most where they turn out on the way.
    virtual int64_t steps() const = 0;
    /// eta at every step, for the closed forms of the model that the steps define; empty where there are no such steps.
    virtual std::vector<double> etas() const { return {}; }
    virtual void init(State& first, int64_t count, const Random& random) const = 0;
    /// Throws RunError where the run cannot go on.
    virtual void step(const State& now, State& next, const Random& random) const = 0;
    /// What guidance adds to D in the step that leaves `state` for particles at these other places x [m, ...]: for
    /// pictures of the field that it is. Undefined for methods without guidance and where no step leaves.
    virtual torch::Tensor shift_at(const State& /*state*/, const torch::Tensor& /*x*/) const { return {}; }
    /// Of methods that learn: what the policy adds at the step that leaves `state`, or half way while it learns, for
    /// pictures of the plane. Null where there is no plane and no step.
    virtual std::shared_ptr<const CorrectionField> correction_at(const State& /*state*/, const Scene& /*scene*/) const {
        return nullptr;
    }
    /// Writes what was learned so far to a file; does nothing for methods that do not learn. Throws UserError.
    virtual void save_training(const State& /*state*/, const std::string& /*path*/) const {}
    /// How far a training of before has come that this one could go on from, in iterations; 0 for none.
    virtual int64_t kept_iterations() const { return 0; }
    /// This sampler with what `other` has learned by `state`, where a training of its own would come to the same
    /// weights, as when only an observation has changed that any training knows; else null.
    virtual std::shared_ptr<const Sampler> spared_training(const Sampler& /*other*/, const State& /*state*/) const {
        return nullptr;
    }
    /// Lets sampling come next, with what was learned so far. False where there is nothing that could be cut short.
    virtual bool sample_now(State& /*state*/) const { return false; }
    /// Goes on learning where that was cut short. False where everything has been learned.
    virtual bool learn_on(State& /*state*/) const { return false; }
};

}  // namespace drift
