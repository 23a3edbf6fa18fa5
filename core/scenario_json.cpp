#include "core/choice_json.h"
#include "core/json_values.h"
#include "core/param_text.h"
#include "core/scenario.h"
#include "core/text.h"

#include <algorithm>
#include <array>

namespace drift {
namespace {

constexpr std::array<Kind, 4> kinds = {Kind::Prior, Kind::Condition, Kind::Schedule, Kind::Sampler};

/// The member that holds what was chosen of a kind.
Choice Scenario::*part(Kind kind) {
    switch (kind) {
        case Kind::Prior:
            return &Scenario::prior;
        case Kind::Condition:
            return &Scenario::condition;
        case Kind::Schedule:
            return &Scenario::schedule;
        case Kind::Sampler:
            break;
    }
    return &Scenario::sampler;
}

/// What a scenario without a schedule walks: the defaults of the EDM schedule, which its own file declares.
Choice default_schedule() {
    return default_choice(Kind::Schedule, "edm");
}

std::string text_from_json(const Json& json, const std::string& path) {
    const std::string* text = json.is_string() ? &json.get_ref<const std::string&>() : nullptr;
    if (text == nullptr || std::ranges::any_of(*text, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        throw UserError(in_quotes(path) + " is " + given(json) + " but takes a text without line breaks");
    }
    return *text;
}

int64_t particles_from_json(const Json& json) {
    Param param;
    param.value = param.default_value = int64_t{1};
    param.range = {1, static_cast<double>(max_particles)};
    return std::get<int64_t>(value_from_json(json, param, "particles"));
}

uint64_t seed_from_json(const Json& json) {
    if (!json.is_number_unsigned()) {
        throw UserError("'seed' is " + given(json) + " but takes a whole number from 0 to 18446744073709551615");
    }
    return json.get<uint64_t>();
}

void check_head(const Json& json) {
    check_keys(
        json, "",
        {"format", "version", "title", "caption", "prior", "condition", "schedule", "sampler", "particles", "seed"});
    for (const char* key : {"format", "version", "prior", "condition", "sampler"}) {
        if (!json.contains(key)) {
            throw UserError(in_quotes(key) + " is missing");
        }
    }
    if (json.at("format") != "driftscope-scenario") {
        throw UserError("'format' is " + given(json.at("format")) + " but takes 'driftscope-scenario'");
    }
    if (!json.at("version").is_number_integer() || json.at("version") != 1) {
        throw UserError("'version' is " + given(json.at("version")) + " but this program reads 1");
    }
}

[[noreturn]] void refuse_schedule(const Scenario& scenario, const std::string& path) {
    const bool could = item_at(Kind::Sampler, scenario.sampler.type).walks_noise;
    throw UserError(in_quotes(path) + " is given, but 'sampler." +
                    (could ? "reference' is " + std::get<std::string>(scenario.sampler.params.at("reference").value) +
                                 ", which for this prior is Brownian motion from one point"
                           : "type' is " + scenario.sampler.type + ", which walks no noise schedule") +
                    ": leave it out" + (could ? ", or set the reference to prior" : ""));
}

Scenario read(const Json& json) {
    check_head(json);
    Scenario scenario;
    for (const Kind kind : kinds) {
        const std::string key = to_string(kind);
        scenario.*part(kind) = json.contains(key) ? choice_from_json(kind, json.at(key), key) : default_schedule();
    }
    if (json.contains("schedule") && !walks_noise(scenario)) {
        refuse_schedule(scenario, "schedule");
    }
    if (json.contains("title")) {
        scenario.title = text_from_json(json.at("title"), "title");
    }
    if (json.contains("caption")) {
        scenario.caption = text_from_json(json.at("caption"), "caption");
    }
    if (json.contains("particles")) {
        scenario.particles = particles_from_json(json.at("particles"));
    }
    if (json.contains("seed")) {
        scenario.seed = seed_from_json(json.at("seed"));
    }
    return scenario;
}

/// The value of --set: JSON where it is JSON, a text otherwise.
Json json_or_text(std::string_view value) {
    const Json json = Json::accept(value) ? parse_json(value, "the value") : Json();
    return json.is_null() ? Json(std::string(value)) : json;
}

/// Lets `condition.image.index=7` change one member of an image, keeping the others.
Json with_member(const ImageSource& before, const std::string& member, const Json& value) {
    Json json = to_json(Value(before));
    if (member == "file") {
        return {{"file", value}};
    }
    if (json.contains("file") && member == "index") {
        json = {{"dataset", ImageSource{}.dataset}};
    }
    json.erase("file");
    json[member] = value;
    return json;
}

/// A curve as it is written outside JSON, with what `param` accepts where it is none.
Curve curve_from_words(std::string_view text, const Param& param, const std::string& path) {
    try {
        return curve_from_text(text);
    } catch (const UserError& error) {
        const bool word = text.find_first_of(" \t\n\r,;:=([{") == std::string_view::npos;
        const std::string what = in_quotes(path) + " is " + in_quotes(text) + " but takes " + accepted(param);
        throw UserError(word ? what : what + ": " + error.what());  // a list may have gone wrong in its midst
    }
}

void set_parameter(Choice& choice, const std::string& path, std::string_view key, std::string_view text) {
    // A dot either belongs to the key of a parameter in a group or leads to a member of its value.
    const std::string name(choice.params.contains(key) ? key : key.substr(0, key.find('.')));
    if (!choice.params.contains(name)) {
        std::vector<std::string> keys = {"type"};
        for (const Param& param : choice.params) {
            keys.push_back(param.key);
        }
        throw UserError(in_quotes(path) + " is not a known key; accepted: " + joined(keys));
    }
    const Param& param = choice.params.at(name);
    Json json = json_or_text(text);
    if (name.size() < key.size()) {
        const auto* image = std::get_if<ImageSource>(&param.value);
        if (image == nullptr) {
            throw UserError(in_quotes(path) + " is not a known key; '" + name + "' takes " + accepted(param));
        }
        json = with_member(*image, std::string(key.substr(name.size() + 1)), json);
    } else if (std::holds_alternative<std::string>(param.value) && !json.is_string()) {
        json = std::string(text);  // a file may be called 7
    } else if (std::holds_alternative<Curve>(param.value) && json.is_string()) {
        const Value curve = curve_from_words(text, param, path);
        if (const std::string problem = problem_with(param, curve); !problem.empty()) {
            throw UserError(in_quotes(path) + " " + problem);
        }
        choice.params.set(name, curve);
        return;
    }
    choice.params.set(name, value_from_json(json, param, path));
}

}  // namespace

Scenario scenario_from_json(std::string_view text, const std::string& origin, const std::string& folder) {
    const Json json = parse_json(text, origin);
    try {
        Scenario scenario = read(json);
        scenario.folder = folder;
        return scenario;
    } catch (const UserError& error) {
        throw UserError(origin + ": " + error.what());
    }
}

std::string to_json(const Scenario& scenario) {
    Json json = {{"format", "driftscope-scenario"}, {"version", 1}, {"title", scenario.title}};
    if (!scenario.caption.empty()) {
        json["caption"] = scenario.caption;
    }
    for (const Kind kind : kinds) {
        if (kind == Kind::Schedule && !walks_noise(scenario)) {
            continue;
        }
        json[to_string(kind)] = choice_to_json(scenario.*part(kind));
    }
    json["particles"] = scenario.particles;
    json["seed"] = scenario.seed;
    return pretty(json);
}

void set_value(Scenario& scenario, std::string_view key_path, std::string_view value) {
    const std::string path(key_path);
    const size_t dot = path.find('.');
    const std::string head = path.substr(0, dot);
    const bool whole = dot == std::string::npos;
    const auto kind = std::ranges::find(kinds, head, [](Kind candidate) { return to_string(candidate); });
    if (kind != kinds.end() && !whole) {
        if (*kind == Kind::Schedule && !walks_noise(scenario)) {
            refuse_schedule(scenario, path);
        }
        const std::string_view key = std::string_view(path).substr(dot + 1);
        if (key == "type") {
            const Item& item = item_named(*kind, std::string(value), path);
            scenario.*part(*kind) = {item.key, item.params};
        } else {
            set_parameter(scenario.*part(*kind), path, key, value);
        }
    } else if (whole && head == "particles") {
        scenario.particles = particles_from_json(json_or_text(value));
    } else if (whole && head == "seed") {
        scenario.seed = seed_from_json(json_or_text(value));
    } else if (whole && (head == "title" || head == "caption")) {
        (head == "title" ? scenario.title : scenario.caption) = text_from_json(std::string(value), head);
    } else {
        throw UserError(in_quotes(path) +
                        " is not a known key; accepted: particles, seed, title, caption, and "
                        "prior, condition, schedule or sampler with a dot and one of their keys");
    }
}

}  // namespace drift
