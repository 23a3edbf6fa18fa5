#include "core/nets/architecture_json.h"

#include "core/error.h"
#include "core/text.h"

#include <string>

namespace drift {
namespace {

using nlohmann::json;

struct Limits {
    int64_t least, most;
};

// What any network of this program may have. How many numbers that makes is compared with the file before they are
// read; the limits keep what a picture needs on its way through the network small.
constexpr Limits image{4, 256};
constexpr Limits channels{1, 4};
constexpr Limits width{8, 512};
constexpr Limits features{1, 4096};
constexpr Limits classes{0, 1000};
constexpr Limits blocks{1, 16};
constexpr Limits heads{0, 64};
constexpr Limits groups{1, 64};

/// A whole number of a header.
int64_t size_in(const json& header, const char* key, Limits limits) {
    const json found = header.value(key, json());
    const bool whole = found.is_number_integer();
    if (!whole || found.get<int64_t>() < limits.least || found.get<int64_t>() > limits.most) {
        throw UserError(std::string("says that architecture.") + key + " is " + in_quotes(found.dump()) +
                        " where a whole number from " + std::to_string(limits.least) + " to " +
                        std::to_string(limits.most) + " is accepted");
    }
    return found.get<int64_t>();
}

void check_type(const json& header, const std::string& type) {
    const json found = header.is_object() ? header.value("type", json()) : json();
    if (found != type) {
        throw UserError("says that architecture.type is " + in_quotes(found.dump()) + " where \"" + type +
                        "\" is accepted");
    }
}

void check_multiple(const char* key, int64_t value, int64_t of) {
    if (value % of != 0) {
        throw UserError(std::string("says that architecture.") + key + " is " + std::to_string(value) +
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
    c.image = size_in(header, "image", image);
    c.channels = size_in(header, "channels", channels);
    c.width = size_in(header, "width", width);
    c.deep_width = size_in(header, "deep_width", width);
    c.embedding = size_in(header, "embedding", width);
    c.classes = size_in(header, "classes", classes);
    c.blocks = size_in(header, "blocks", blocks);
    c.heads = size_in(header, "heads", heads);
    c.groups = size_in(header, "groups", groups);
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
    c.image = size_in(header, "image", image);
    c.width = size_in(header, "width", width);
    c.deep_width = size_in(header, "deep_width", width);
    c.features = size_in(header, "features", features);
    c.classes = size_in(header, "classes", {2, classes.most});
    c.groups = size_in(header, "groups", groups);
    check_multiple("image", c.image, 4);
    check_multiple("width", c.width, c.groups);
    check_multiple("deep_width", c.deep_width, c.groups);
    return c;
}

}  // namespace drift
