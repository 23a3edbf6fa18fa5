#include "core/kernels/mixture_twist.h"

#include "core/kernels/linear_twist_tile.h"
#include "core/kernels/parallel_for.h"
#include "core/kernels/reverse_step_tile.h"
#include "core/kernels/shared_variance_mixture.h"
#include "core/kernels/sum_up_weights.h"
#include "core/kernels/then.h"

namespace drift::kernels {

/// J A^T passes from one to the other in a tile of its own: written to all particles' it would cost a tenth of the
/// time.
template <class T>
struct DenoiseAndTwist {
    using Real = T;
    SharedVarianceMixture<T, 2, 1, false> denoise;
    Twist<T, 2, 1> twist;

    template <class L>
    static constexpr int tile_size_of = turn<L>;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        T rows[2 * turn<L>];
        SharedVarianceMixture<T, 2, 1, false> before = denoise;
        Twist<T, 2, 1> after = twist;
        before.task.jacobian_directions = rows - 2 * first;
        after.task.jacobian_directions = rows - 2 * first;
        run_apart<L>(before, first, count);
        run_apart<L>(after, first, count);
    }
};
template <class T>
using StepAndTwist = Then<TakeReverseStep<T, 2>, DenoiseAndTwist<T>>;

/// Terms of the weights are still in the cache when they are added up; step.log_ratio, one of them, is not written. On
/// the CPU alone: a tile of weights is more than a thread of a GPU should take.
template <class T>
struct StepTwistAndWeigh {
    using Real = T;
    static constexpr int tile_size = weight_tile;
    StepAndTwist<T> move;
    SumUpWeights weigh;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        // The density ratio goes from the step to its weight and nowhere else: it need not leave the nearest cache.
        double log_ratio[weight_tile];
        StepAndTwist<T> moving = move;
        SumUpWeights weighing = weigh;
        if (move.first_body.step.log_ratio != nullptr) {
            moving.first_body.step.log_ratio = log_ratio - first;
            weighing.weighing.update.log_ratio = log_ratio - first;
        }
        run_part<L>(moving, first, count);
        run_apart<Lanes<double, L::bytes>>(weighing, first, count);
    }
};

DRIFT_ON_GPU(DenoiseAndTwist<float>)
DRIFT_ON_GPU(DenoiseAndTwist<double>)
DRIFT_ON_GPU(StepAndTwist<float>)
DRIFT_ON_GPU(StepAndTwist<double>)

#ifndef __CUDACC__
namespace {

template <class T>
bool one_pass(const MixtureTwistTask<T>& task) {
    return task.level.shared_variance && task.level.dims == 2 && task.level.directions == 1 && task.twist.rows == 1 &&
           task.denoise.jacobian_directions != nullptr && task.denoise.jacobian_vectors == nullptr;
}

template <class T>
DenoiseAndTwist<T> body_of(const MixtureTwistTask<T>& task) {
    return {{task.level, task.denoise, 0, shared_variance_constants(task.level)}, {task.twist, task.guide}};
}

}  // namespace

template <class T>
void mixture_twist(Exec exec, const MixtureTwistTask<T>& task) {
    if (one_pass(task)) {
        parallel_for(exec, task.denoise.n, body_of(task));
    } else {
        mixture_denoise(exec, task.level, task.denoise);
        linear_gaussian_twist(exec, task.twist, task.guide);
    }
}

template <class T>
void step_and_twist(Exec exec, const ReverseStep<T>& step, const MixtureTwistTask<T>& task) {
    if (one_pass(task)) {
        check_step(step);
        parallel_for(exec, step.n, StepAndTwist<T>{{step}, body_of(task)});
    } else {
        reverse_step(exec, step);
        mixture_twist(exec, task);
    }
}

template <class T>
void step_twist_and_weigh(Exec exec, const ReverseStep<T>& step, const MixtureTwistTask<T>& task,
                          const Weighing& weighing) {
    // Particles that are enough tiles for some threads. It must not depend on how many there are: one pass rounds
    // differently than two.
    constexpr int64_t shared_well = 32 * weight_tile;
    if (one_pass(task) && !exec.on_gpu && step.n >= shared_well) {
        check_step(step);
        parallel_on_cpu(step.n, StepTwistAndWeigh<T>{{{step}, body_of(task)}, {weighing}});
    } else {
        step_and_twist(exec, step, task);
        sum_up_weights(exec, step.n, weighing);
    }
}

template void mixture_twist(Exec, const MixtureTwistTask<float>&);
template void mixture_twist(Exec, const MixtureTwistTask<double>&);
template void step_and_twist(Exec, const ReverseStep<float>&, const MixtureTwistTask<float>&);
template void step_and_twist(Exec, const ReverseStep<double>&, const MixtureTwistTask<double>&);
template void step_twist_and_weigh(Exec, const ReverseStep<float>&, const MixtureTwistTask<float>&, const Weighing&);
template void step_twist_and_weigh(Exec, const ReverseStep<double>&, const MixtureTwistTask<double>&, const Weighing&);

#endif

}  // namespace drift::kernels
