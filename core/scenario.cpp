#include "core/scenario.h"

#include "core/error.h"
#include "core/io/files.h"
#include "core/scenario_files.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace drift {
namespace {

bool only_live_changes(const Choice& before, const Choice& now) {
    return before.type == now.type &&
           std::ranges::equal(before.params, now.params, [](const Param& old, const Param& current) {
               return old.key == current.key && (old.effect == Effect::Live || old.value == current.value);
           });
}

/// What a file is that somebody took for a scenario, judged by its first bytes; empty where it may be one.
std::string other_kind(std::string_view bytes) {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> kinds = {{
        {"\x93NUMPY", "an array of NumPy"},
        {"\x89PNG", "a PNG picture"},
        {"DRIFTARR", "the weights of a network"},
        {"PK\x03\x04", "a ZIP archive, as TorchScript files are"},
    }};
    for (const auto& [start, kind] : kinds) {
        if (bytes.starts_with(start)) {
            return kind;
        }
    }
    constexpr size_t looked_at = 4096;
    return bytes.substr(0, looked_at).find('\0') != std::string_view::npos ? "binary data" : "";
}

/// One switch for both forms: a constant part of a constant scenario.
template <class AnyScenario>
auto& chosen_part(AnyScenario& scenario, Kind kind) {
    switch (kind) {
        case Kind::Prior:
            return scenario.prior;
        case Kind::Condition:
            return scenario.condition;
        case Kind::Schedule:
            return scenario.schedule;
        case Kind::Sampler:
            break;
    }
    return scenario.sampler;
}

}  // namespace

Choice& part_of(Scenario& scenario, Kind kind) {
    return chosen_part(scenario, kind);
}

const Choice& part_of(const Scenario& scenario, Kind kind) {
    return chosen_part(scenario, kind);
}

bool walks_noise(const Scenario& scenario) {
    const auto item_of = [](Kind kind, const Choice& choice) {
        const auto item = std::ranges::find(items(kind), choice.type, &Item::key);
        return item == items(kind).end() ? nullptr : &*item;
    };
    const Item* sampler = item_of(Kind::Sampler, scenario.sampler);
    const Item* prior = item_of(Kind::Prior, scenario.prior);
    if (sampler == nullptr || prior == nullptr) {
        return true;
    }
    return sampler->walks_noise &&
           !(sampler->comes_from_a_point && sampler->comes_from_a_point(scenario.sampler.params, *prior));
}

Scenario load_scenario(const std::string& path) {
    constexpr size_t max_bytes = size_t{64} << 20;
    const std::string text = read_file(path, max_bytes);
    if (const std::string other = other_kind(text); !other.empty()) {
        throw UserError(in_quotes(path) + " is not JSON but " + other +
                        "; accepted are scenarios, which are .json files");
    }
    return scenario_from_json(text, path, std::filesystem::path(path).parent_path().string());
}

void save_scenario(const Scenario& scenario, const std::string& path) {
    write_file(path, to_json(scenario));
}

bool same_values(const Scenario& a, const Scenario& b) {
    return a.title == b.title && a.caption == b.caption && same_values(a.prior, b.prior) &&
           same_values(a.condition, b.condition) && same_values(a.sampler, b.sampler) &&
           (!walks_noise(a) || same_values(a.schedule, b.schedule)) && a.particles == b.particles && a.seed == b.seed;
}

bool only_live_changes(const Scenario& before, const Scenario& now) {
    if (before.folder != now.folder) {  // saved elsewhere, a scenario names the same files in another way
        return only_live_changes(with_contents(before), with_contents(now));
    }
    // Chains remember what is known where they are, and weigh by it: another problem is another run.
    const bool same_problem = same_values(before.prior, now.prior) && same_values(before.condition, now.condition);
    return (same_problem || walks_noise(now)) && only_live_changes(before.prior, now.prior) &&
           only_live_changes(before.condition, now.condition) &&
           (!walks_noise(now) || only_live_changes(before.schedule, now.schedule)) &&
           only_live_changes(before.sampler, now.sampler) && before.particles == now.particles &&
           before.seed == now.seed;
}

}  // namespace drift
