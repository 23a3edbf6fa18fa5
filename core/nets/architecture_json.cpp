#include "core/nets/architecture_json.h"

#include "core/error.h"

#include <string>

namespace drift {
namespace {

using nlohmann::json;

/// A whole number of a header, within limits that keep any memory it asks for small.
int64_t size_in(const json& header, const char* key, int64_t least, int64_t most) {
    const json found = header.value(key, json());
    if (!found.is_number_integer() || found.get<int64_t>() < least || found.get<int64_t>() > most) {
        throw UserError(std::string("weights: architecture.") + key + " is " + found.dump() + " where a number from " +
                        std::to_string(least) + " to " + std::to_string(most) + " is accepted");
    }
    return found.get<int64_t>();
}

void check_type(const json& header, const std::string& type) {
    const json found = header.is_object() ? header.value("type", json()) : json();
    if (found != type) {
        throw UserError("weights: architecture.type is " + found.dump() + " where \"" + type + "\" is accepted");
    }
}

void check_multiple(const char* key, int64_t value, int64_t of) {
    if (value % of != 0) {
        throw UserError(std::string("weights: architecture.") + key + " is " + std::to_string(value) +
                        " where a multiple of " + std::to_string(of) + " is accepted");
    }
}

}  // namespace

json to_json(const UnetConfig& c) {
    return {{"type", "unet"},       {"image", c.image},           {"channels", c.channels},
            {"width", c.width},     {"deep_width", c.deep_width}, {"embedding", c.embedding},
            {"classes", c.classes}, {"blocks", c.blocks},         {"heads", c.heads},
            {"groups", c.groups}};
}

json to_json(const ClassifierConfig& c) {
    return {{"type", "classifier"},   {"image", c.image},     {"width", c.width},  {"deep_width", c.deep_width},
            {"features", c.features}, {"classes", c.classes}, {"groups", c.groups}};
}

UnetConfig unet_config(const json& header) {
    check_type(header, "unet");
    UnetConfig c;
    c.image = size_in(header, "image", 4, 1024);
    c.channels = size_in(header, "channels", 1, 16);
    c.width = size_in(header, "width", 8, 1024);
    c.deep_width = size_in(header, "deep_width", 8, 1024);
    c.embedding = size_in(header, "embedding", 8, 1024);
    c.classes = size_in(header, "classes", 0, 1000);
    c.blocks = size_in(header, "blocks", 1, 16);
    c.heads = size_in(header, "heads", 0, 64);
    c.groups = size_in(header, "groups", 1, 64);
    check_multiple("image", c.image, 4);
    check_multiple("embedding", c.embedding, 2);
    check_multiple("width", c.width, c.groups);
    check_multiple("deep_width", c.deep_width, c.groups);
    if (c.heads > 0) {
        check_multiple("deep_width", c.deep_width, c.heads);
    }
    return c;
}

ClassifierConfig classifier_config(const json& header) {
    check_type(header, "classifier");
    ClassifierConfig c;
    c.image = size_in(header, "image", 4, 1024);
    c.width = size_in(header, "width", 8, 1024);
    c.deep_width = size_in(header, "deep_width", 8, 1024);
    c.features = size_in(header, "features", 1, 4096);
    c.classes = size_in(header, "classes", 2, 1000);
    c.groups = size_in(header, "groups", 1, 64);
    check_multiple("image", c.image, 4);
    check_multiple("width", c.width, c.groups);
    check_multiple("deep_width", c.deep_width, c.groups);
    return c;
}

}  // namespace drift
