// Everything that determines a run, as plain data: what a scenario file stores and what the worker is sent.
// formats.md, "Scenario".
#pragma once

#include "core/catalog.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace drift {

struct Scenario {
    std::string title;
    std::string caption;  // one or two sentences for the window; may be empty
    Choice prior;
    Choice condition;
    Choice schedule;
    Choice sampler;
    int64_t particles = 1024;
    uint64_t seed = 1;
    std::string folder;  // of the file it came from: relative paths inside start there; not saved
};

/// The part of a scenario that a kind of choice fills.
Choice& part_of(Scenario& scenario, Kind kind);
const Choice& part_of(const Scenario& scenario, Kind kind);

/// Whether the method walks a noise schedule. Where it does not, `schedule` is kept for when another is chosen, has no
/// say and is not saved.
bool walks_noise(const Scenario& scenario);

inline constexpr int64_t max_particles = 10'000'000;
inline constexpr int64_t max_steps = 100'000;

/// Reads a scenario. `origin` is named in messages, `folder` is where relative paths start. Throws UserError with one
/// sentence for anything that is not a complete, valid scenario, unknown keys included.
Scenario scenario_from_json(std::string_view text, const std::string& origin, const std::string& folder = "");
/// Refuses files over 64 MiB. Throws UserError.
Scenario load_scenario(const std::string& path);

/// The scenario as a file, every parameter written out; reading it gives an equal scenario.
std::string to_json(const Scenario& scenario);
/// Writes a temporary file beside `path`, then renames. Throws UserError.
void save_scenario(const Scenario& scenario, const std::string& path);

/// `--set key.path=value`: key.path is "particles", "seed", "sampler.eta", "sampler.type" ...; value is JSON or bare
/// text. Choosing a type resets that part to its defaults. Throws UserError.
void set_value(Scenario& scenario, std::string_view key_path, std::string_view value);

bool same_values(const Scenario& a, const Scenario& b);

/// True when `now` differs from `before` only in parameters whose effect is Effect::Live.
bool only_live_changes(const Scenario& before, const Scenario& now);

}  // namespace drift
