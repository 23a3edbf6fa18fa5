#include "core/run_memory.h"

#include "core/decoder.h"
#include "core/generators/generators.h"
#include "core/noise_view.h"
#include "core/publish.h"
#include "core/run.h"
#include "core/space.h"
#include "core/terms.h"
#include "core/twists/proximal_step.h"

#include <ATen/DeviceAccelerator.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

namespace drift {
namespace {

std::string gigabytes(double bytes) {
    const auto tenths = static_cast<int64_t>(std::ceil(bytes / 1e8));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

/// Where particles live, and how much of it they may take.
struct Memory {
    std::string place;
    double bytes = 0;
};

Memory memory_of(const torch::Device& device) {
    if (!device.is_cuda()) {
        return {"this machine",
                static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE))};
    }
    // What others leave: of a run that this one replaces, LibTorch keeps the memory and hands it on.
    const c10::DeviceIndex index = device.has_index() ? device.index() : at::accelerator::getDeviceIndex();
    const auto [free, total] = at::accelerator::getMemoryInfo(index);
    const int64_t kept = at::accelerator::getDeviceStats(index).reserved_bytes.at(0).current;  // of all pools together
    return {"the GPU", static_cast<double>(free) + static_cast<double>(kept)};
}

double size_of(const std::vector<int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), 1.0, std::multiplies<>());
}

ParticleSize particle_size(const Task& task) {
    ParticleSize size;
    const Problem& problem = data_problem(task);
    if (task.decoder == nullptr) {
        size.sample = size_of(problem.prior->sample_shape());
    } else {
        size.sample = size_of(task.decoder->sample_shape());
        size.latent = size_of(task.decoder->latent_shape());
        size.map_calls = static_cast<double>(task.decoder->calls());
    }
    size.decomposed = static_cast<double>(rows_decomposed(task.problem));
    if (const GaussianMixture* mixture = problem.prior->mixture()) {
        size.components = static_cast<double>(mixture->components());
    }
    return size;
}

double passing_bytes(Kind kind, const Choice& choice, const ParticleSize& size);

/// Of the conditions that `params` lists, one after the other: the most that any of them holds.
double passing_bytes_of_terms(const ParamSet& params, const ParticleSize& size) {
    double most = 0;
    for (const Param& param : params) {
        if (const auto* terms = std::get_if<Terms>(&param.value)) {
            for (const Term& term : list_of(*terms)) {
                most = std::max(most, passing_bytes(Kind::Condition, term.condition, size));
            }
        }
    }
    return most;
}

/// Bytes a particle of what a method or a condition holds while a step is under way.
double passing_bytes(Kind kind, const Choice& choice, const ParticleSize& size) {
    const Item& item = item_at(kind, choice.type);
    return (item.passing_bytes ? item.passing_bytes(choice.params, size) : 0) +
           passing_bytes_of_terms(choice.params, size);
}

/// `what` is "'key' is value, which".
void check(const std::string& what, double needed, const Memory& present) {
    if (needed > 0.8 * present.bytes) {
        throw UserError(what + " needs about " + gigabytes(needed) + ", but " + present.place + " has " +
                        gigabytes(present.bytes) + "; choose fewer");
    }
}

void check_particles(const Scenario& scenario, const ParticleSize& size, const torch::Device& device) {
    check("'particles' is " + std::to_string(scenario.particles) + ", which", estimated_bytes(scenario, size),
          memory_of(device));
}

}  // namespace

double estimated_bytes(const Scenario& scenario, const ParticleSize& size) {
    // Two states of x, D and pull, as much again while a step is under way and its frame is copied, float64 copies of
    // particles and exact draws while the end is measured; J A^T of at most 16 directions in two states; the weights,
    // the integers of the genealogy, and eight projections of particles and exact draws. In noise space states hold z,
    // and f(z), its gradient and what the way back through f starts from come on top. Whatever single methods and
    // conditions need beyond that is counted by itself.
    double rows = 0;
    if (scenario.condition.params.contains("matrix")) {
        const auto* matrix = std::get_if<Array>(&scenario.condition.params.at("matrix").value);
        rows = matrix == nullptr ? 0 : std::min(16.0, static_cast<double>(matrix->data.size()) / size.sample);
    }
    const double mapped = size.latent > 0 ? (16 + size.map_calls) * size.sample : 0;
    const double lasting = ((26 + 2 * rows) * size.moved() + mapped) * sizeof(float) + 500;
    return static_cast<double>(scenario.particles) * (lasting + passing_bytes(Kind::Sampler, scenario.sampler, size) +
                                                      passing_bytes(Kind::Condition, scenario.condition, size));
}

void check_memory(const Scenario& scenario, const Task& task) {
    check_particles(scenario, particle_size(task), task.options.device());
}

void check_memory_of_training(const Scenario& scenario, const torch::Device& device) {
    const std::optional<GeneratorOutline> generator = outline_of_generator(scenario.prior);
    if (!generator) {
        return;
    }
    ParticleSize size{.sample = 2};
    if (space_of(scenario.sampler.params).noise()) {
        size.latent = static_cast<double>(generator->latent);
        size.map_calls = static_cast<double>(generator->evaluations);
    }
    check_particles(scenario, size, device);
    check("'prior.batch' is " + std::to_string(generator->batch) + ", with which the training of this prior",
          generator->training_bytes, memory_of(torch::kCPU));
}

}  // namespace drift
