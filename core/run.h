// A scenario at work, without threads: `driftscope run`, the runner of the window and the tests all drive this class.
#pragma once

#include "core/frame.h"
#include "core/scenario.h"
#include "core/scene.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace drift {

enum class Device { Cpu, Cuda };
enum class Precision { Float32, Float64 };

struct RunOptions {
    Device device = Device::Cpu;
    Precision precision = Precision::Float32;
    bool frames = true;     // off: frames carry numbers only, for runs that nobody watches
    bool field = false;     // frames carry the guidance on a grid of the plane, too, where its exact field is known
    bool outcomes = false;  // the summary says what the samples achieve, and what others would
    std::string trainings =
        {};               // a folder to keep trainings in on the way, so that a kill loses little; empty for none
    bool resume = false;  // go on from the training of this scenario that is kept there, where there is one
};

/// The clean samples of a finished run.
struct Samples {
    std::vector<int64_t> shape;  // [n, ...]
    std::vector<float> values;
    std::vector<double> log_weights;  // [n], normalised
    /// The noise z that they were made of, x = f(z), where the run was one in noise space; else empty.
    std::vector<int64_t> latent_shape;  // [n, latent]
    std::vector<float> latents;
};

class Run {
public:
    /// Builds the problem and checks it. Throws UserError; says so when the run would not fit in memory.
    explicit Run(const Scenario& scenario, RunOptions options = {});
    ~Run();
    Run(Run&&) noexcept;
    Run& operator=(Run&&) noexcept;

    std::shared_ptr<const Scene> scene() const;  ///< another one where adjust() changed what it says
    const Scenario& scenario() const;

    /// The next state: the start on the first call, the clean samples on the last. Throws RunError when the run cannot
    /// go on. Not to be called once finished().
    FramePtr advance();
    bool finished() const;
    int64_t steps() const;                      ///< the most that there may be, until it has finished
    std::vector<std::string> warnings() const;  ///< what turned out on the way, besides those of the scene
    double expected_seconds() const;            ///< of the whole run, judged by the steps so far; 0 before the first

    /// Takes over parameters whose effect is Live from the next step on. Throws UserError for any other change.
    void adjust(const Scenario& scenario);

    /// Lets sampling come next where the method is still learning, with what it has learned so far; false elsewhere.
    bool sample_now();
    /// Goes on learning where that was cut short, so that a finished run is no longer finished; false elsewhere.
    bool learn_on();

    Samples samples() const;  ///< of the newest state
    /// Takes over what `before` has learned where a training of its own would come to the same. Only before the start.
    void spare_training(const Run& before);
    /// Writes what was learned so far to a file; does nothing for methods that do not learn. Throws UserError.
    void save_training(const std::string& path) const;
    /// What is known now; distances to the exact posterior where there is one, which takes a moment. Those are NaN
    /// where `cancelled` answered true.
    Summary summary(const std::function<bool()>& cancelled = {}) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Estimate of the bytes that a run needs besides its recording.
double estimated_bytes(const Scenario& scenario, const ParticleSize& size);

}  // namespace drift
