#include "core/choice_json.h"

#include "core/json_values.h"
#include "core/text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace drift {
namespace {

constexpr size_t most_terms = 64;

/// The group of a parameter whose key is "group.member"; empty for others.
std::string group_of(const Param& param) {
    const size_t dot = param.key.find('.');
    return dot == std::string::npos ? "" : param.key.substr(0, dot);
}

/// The keys of an object that holds these parameters, those of a group under its name.
std::vector<std::string> keys_of(const ParamSet& params) {
    std::vector<std::string> keys = {"type"};
    for (const Param& param : params) {
        const std::string key = group_of(param).empty() ? param.key : group_of(param);
        if (std::ranges::find(keys, key) == keys.end()) {
            keys.push_back(key);
        }
    }
    return keys;
}

/// {"on_policy": 0.5, ...} for the parameters "sources.on_policy", ...
void set_group(ParamSet& params, const std::string& group, const Json& json, const std::string& path) {
    std::vector<std::string> members;
    for (const Param& param : params) {
        if (group_of(param) == group) {
            members.push_back(param.key.substr(group.size() + 1));
        }
    }
    if (!json.is_object()) {
        throw UserError(in_quotes(path) + " is " + given(json) + " but takes an object with the keys " +
                        joined(members));
    }
    check_keys(json, path, members);
    for (const auto& [member, value] : json.items()) {
        const std::string key = group + "." + member;
        params.set(key, value_from_json(value, params.at(key), path + "." + member));
    }
}

}  // namespace

const Item& item_named(Kind kind, const Json& type, const std::string& path) {
    if (!type.is_string()) {
        throw UserError(in_quotes(path) + " is " + given(type) + " but takes the name of a " + to_string(kind));
    }
    try {
        return item_at(kind, type.get<std::string>());
    } catch (const UserError& error) {
        throw UserError(in_quotes(path) + ": " + error.what());
    }
}

Choice choice_from_json(Kind kind, const Json& json, const std::string& path, const std::vector<std::string>& besides) {
    if (!json.is_object() || !json.contains("type")) {
        throw UserError(in_quotes(path) + " is " + given(json) + (json.is_object() ? " without a type" : "") +
                        " but takes an object with a \"type\"");
    }
    const Item& item = item_named(kind, json.at("type"), path + ".type");
    std::vector<std::string> keys = keys_of(item.params);
    keys.insert(keys.end(), besides.begin(), besides.end());
    check_keys(json, path, keys);
    Choice choice{item.key, item.params};
    for (const auto& [key, value] : json.items()) {
        if (item.params.contains(key)) {
            choice.params.set(key, value_from_json(value, item.params.at(key), path + "." + key));
        } else if (key != "type" && std::ranges::find(besides, key) == besides.end()) {
            set_group(choice.params, key, value, path + "." + key);
        }
    }
    return choice;
}

Json choice_to_json(const Choice& choice) {
    Json json = {{"type", choice.type}};
    for (const Param& param : choice.params) {
        const std::string group = group_of(param);
        (group.empty() ? json[param.key] : json[group][param.key.substr(group.size() + 1)]) = to_json(param);
    }
    return json;
}

Terms terms_from_json(const Json& json, const std::string& path) {
    if (json.size() > most_terms) {
        throw UserError(in_quotes(path) + " is " + given(json) + " but takes at most " + std::to_string(most_terms) +
                        " conditions");
    }
    std::vector<Term> list;
    for (const Json& element : json) {
        const std::string place = path + "[" + std::to_string(list.size()) + "]";
        Term term;
        term.condition = choice_from_json(Kind::Condition, element, place, {"weight"});
        if (element.contains("weight")) {
            Param weight;
            weight.value = weight.default_value = term.weight;
            weight.range = weight_range;
            term.weight = std::get<double>(value_from_json(element.at("weight"), weight, place + ".weight"));
        }
        list.push_back(std::move(term));
    }
    return terms_of(std::move(list));
}

Json terms_to_json(const Terms& terms) {
    Json json = Json::array();
    for (const Term& term : list_of(terms)) {
        json.push_back(choice_to_json(term.condition));
        json.back()["weight"] = json_number(term.weight);
    }
    return json;
}

}  // namespace drift
