// Learns a policy: trajectories, residuals, a loss, a step of Adam. Knows nothing of samplers, files or threads.
#pragma once

#include "core/curve.h"
#include "core/nets/time_net.h"
#include "core/training/batch.h"
#include "core/training/losses.h"
#include "core/training/residual.h"
#include "core/training/trainer_state.h"

namespace drift {

struct TrainerOptions {
    int64_t iterations = 1000;  // that curves are over
    LossKind loss = LossKind::VarGrad;
    BatchOptions batch;
    Curve learning_rate = 1e-3;
    Curve log_z_rate = 0.1;  // of log Z where it is a parameter
    Curve flow_rate = 1e-2;  // of the network for F
    Curve beta = 1;
    Curve exploration = 0;    // extra noise of a step, in units of its own
    Curve clip = 1;           // largest norm of the gradient; 0 for none
    double average = 0.99;    // decay of the moving average of the weights; 0 for none
    Curve floor = 15;         // how far beta log r may lie below the best of the batch, in the loss alone; 0: no floor
    double step_share = 1;    // of the steps whose gradient is taken, drawn anew for each batch
    double lambda = 2;        // of sub-trajectory balance
    double dead_zone = 0;     // squared residuals below it are not learned from
    int64_t buffer = 20'000;  // capacities
    int64_t local_buffer = 100'000;
    int64_t search_every = 100;  // iterations
    LocalSearchOptions search;
    double search_step = 0.01;  // where its step size begins
    uint64_t seed = 1;
};

class Trainer {
public:
    /// Throws UserError where the loss or a source asks for what the problem does not have.
    Trainer(Model model, TrainerOptions options);

    TrainerState start() const;
    /// `count` iterations on from `state`; says what they were like.
    TrainingNumbers advance(TrainerState& state, int64_t count) const;

    /// A policy with the averaged weights: what is sampled with.
    Policy policy_of(const TrainerState& state) const;
    const Model& model() const { return model_; }
    const TrainerOptions& options() const { return options_; }

private:
    struct Outcome;
    struct Rates;
    void check_that_there_are_sources() const;
    bool shares_decide() const;  ///< what a batch is made of
    double share_of(TrajectorySource source) const;
    Rates rates_at(int64_t iteration) const;
    Trajectories batch_for(TrainerState& state, const Policy& policy, const BatchPlace& place) const;
    bool keeps_answers() const;
    Outcome learn_pathwise(const Policy& policy, const Trajectories& batch, double beta) const;
    Outcome learn_by_residuals(const TrainerState& state, const Policy& policy, const Trajectories& batch,
                               const Rates& rates) const;
    void search(TrainerState& state, double beta) const;
    void update(TrainerState& state, Outcome& outcome, const Rates& rates) const;
    void restore(TrainerState& state) const;
    Outcome iterate(TrainerState& state) const;

    Model model_;
    TrainerOptions options_;
    TimeNetConfig flow_config_;
};

}  // namespace drift
