#include "core/training/policy_options.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>

namespace drift {
namespace {

void check_width(const char* key, int64_t width) {
    if (width % unet_groups != 0) {
        throw UserError(in_quotes(std::string("sampler.") + key) + " is " + std::to_string(width) +
                        ", but must be a multiple of " + std::to_string(unet_groups));
    }
}

bool is_picture(const std::vector<int64_t>& shape) {
    return shape.size() == 3 && shape[1] == shape[2] && shape[1] % 4 == 0;
}

}  // namespace

const std::vector<std::string>& policy_names() {
    static const std::vector<std::string> names{"mlp", "unet"};
    return names;
}

const std::string& name_of(PolicyKind kind) {
    return policy_names().at(static_cast<size_t>(kind));
}

PolicyKind policy_named(const std::string& name) {
    return static_cast<PolicyKind>(std::ranges::find(policy_names(), name) - policy_names().begin());
}

void check_policy(const PolicyOptions& options) {
    if (options.kind != PolicyKind::Unet) {
        return;
    }
    if (!is_picture(options.shape)) {
        throw UserError("'sampler.policy' is unet, but a state of this problem has the shape " +
                        shape_text(options.shape) +
                        "; accepted is [channels, side, side] with a side that is a multiple of 4: choose mlp");
    }
    check_width("unet_width", options.unet_width);
    check_width("unet_deep_width", options.unet_deep_width);
    if (options.observed > 0) {
        throw UserError(
            "'sampler.amortised' is on, but the policy unet has no place for an observation: switch it off, or choose "
            "the policy mlp");
    }
}

}  // namespace drift
