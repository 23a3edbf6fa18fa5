#include "app/cli/commands.h"
#include "core/catalog.h"
#include "core/json_values.h"
#include "core/text.h"

#include <array>
#include <iostream>
#include <memory>
#include <variant>

namespace drift::cli {
namespace {

constexpr std::array<Kind, 4> kinds = {Kind::Prior, Kind::Condition, Kind::Schedule, Kind::Sampler};

std::string type_name(const Value& value) {
    constexpr std::array<std::string_view, std::variant_size_v<Value>> names = {
        "boolean", "integer", "number", "text", "curve", "array", "image", "conditions"};
    return std::string(names.at(value.index()));
}

bool has_range(const Param& param) {
    return std::holds_alternative<int64_t>(param.value) || std::holds_alternative<double>(param.value) ||
           std::holds_alternative<Curve>(param.value) || std::holds_alternative<Array>(param.value);
}

/// What must hold, all of it, each by one of several requirements.
Json only_with_json(const Param& param) {
    Json all = Json::array();
    for (const AnyOf& any : param.only_with) {
        Json alternatives = Json::array();
        for (const Requirement& requirement : any) {
            Json json = {{"key", requirement.key}};
            if (requirement.values.empty()) {
                json["above"] = 0;
            }
            for (const Value& value : requirement.values) {
                json["values"].push_back(to_json(value));
            }
            alternatives.push_back(std::move(json));
        }
        all.push_back({{"any_of", std::move(alternatives)}});
    }
    return all;
}

Json param_json(const Param& param) {
    Json json = {{"key", param.key},
                 {"title", param.title},
                 {"type", type_name(param.value)},
                 {"default", to_json(param)},
                 {"accepted", accepted(param)}};
    if (has_range(param)) {
        json["range"] = {{"min", json_number(param.range.min)},
                         {"max", json_number(param.range.max)},
                         {"logarithmic", param.range.logarithmic}};
    }
    if (!param.options.empty()) {
        json["options"] = param.options;
    }
    json["unit"] = param.unit;
    json["help"] = {{"words", param.help.words}, {"formula", param.help.formula}, {"effect", param.help.effect}};
    json["live"] = param.effect == Effect::Live;
    json["advanced"] = param.advanced;
    if (!param.only_with.empty()) {
        json["only_with"] = only_with_json(param);
    }
    return json;
}

void print_json() {
    Json json = Json::object();
    for (const Kind kind : kinds) {
        Json list = Json::array();
        for (const Item& item : items(kind)) {
            Json params = Json::array();
            for (const Param& param : item.params) {
                params.push_back(param_json(param));
            }
            list.push_back({{"type", item.key}, {"title", item.title}, {"help", item.help}, {"parameters", params}});
            if (kind == Kind::Sampler) {
                list.back()["walks_noise"] = item.walks_noise;
            }
        }
        json[to_string(kind)] = list;
    }
    std::cout << json.dump(2) << "\n";
}

/// A default value, short enough for a table.
std::string default_text(const Param& param) {
    const std::string text = to_json(param).dump();
    constexpr size_t longest = 40;
    return text.size() <= longest ? text : shown(param.default_value);
}

/// The words of its help, and when it counts.
std::string meaning(const Param& param) {
    const std::string when = only_with_text(param);
    return param.help.words + (when.empty() ? "" : " Counts " + when + ".");
}

std::string cell(std::string text) {
    for (size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, "\\");
    }
    return text;
}

void print_markdown() {
    for (const Kind kind : kinds) {
        std::cout << "## " << to_string(kind) << "\n";
        for (const Item& item : items(kind)) {
            std::cout << "\n### `" << item.key << "`: " << item.title << "\n\n" << item.help << "\n";
            const char* head = "\n| key | default | accepted | meaning |\n|---|---|---|---|\n";
            for (const Param& param : item.params) {
                const std::string unit = param.unit.empty() ? "" : " (" + param.unit + ")";
                std::cout << head << "| `" << param.key << "` | `" << cell(default_text(param)) << "` | "
                          << cell(accepted(param)) << cell(unit) << " | " << cell(meaning(param)) << " |\n";
                head = "";
            }
        }
        std::cout << "\n";
    }
}

void print_text() {
    for (const Kind kind : kinds) {
        std::cout << to_string(kind) << "\n";
        for (const Item& item : items(kind)) {
            std::cout << "  " << item.key << ": " << item.help << "\n";
            for (const Param& param : item.params) {
                std::cout << "      " << param.key << " (" << default_text(param) << "): " << accepted(param)
                          << (param.unit.empty() ? "" : ", " + param.unit) << ". " << meaning(param) << "\n";
            }
        }
    }
}

}  // namespace

void add_list(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand("list", "Every prior, condition, schedule and sampler with its parameters");
    const auto json = std::make_shared<bool>(false);
    const auto markdown = std::make_shared<bool>(false);
    CLI::Option* as_json = command->add_flag("--json", *json, "As JSON");
    command->add_flag("--markdown", *markdown, "As Markdown tables")->excludes(as_json);
    command->callback([json, markdown, &chosen] {
        chosen = [json, markdown] {
            if (*json) {
                print_json();
            } else if (*markdown) {
                print_markdown();
            } else {
                print_text();
            }
            return 0;
        };
    });
}

}  // namespace drift::cli
