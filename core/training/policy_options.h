// What a policy may be: which network, and what it says of a step. trained_samplers.md 1.2 and 1.6.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

/// The network: a perceptron on numbers in any order, or a U-Net on states that are pictures.
enum class PolicyKind { Mlp, Unet };

/// "mlp", "unet": in the order of the enumeration.
const std::vector<std::string>& policy_names();
const std::string& name_of(PolicyKind kind);
PolicyKind policy_named(const std::string& name);

struct PolicyOptions {
    PolicyKind kind = PolicyKind::Mlp;
    int64_t width = 64;  // of the perceptron, and of the one for F whatever the policy is
    int64_t layers = 2;
    int64_t frequencies = 64;
    std::vector<int64_t> shape;    // of a state, which the U-Net wants to be [channels, side, side]
    int64_t unet_width = 32;       // channels at half resolution
    int64_t unet_deep_width = 64;  // and at a quarter
    bool learn_variance = false;
    double variance_range = 4;  // ln v moves by at most so much
    bool langevin = false;      // the network also says how far to follow the gradient of the log density
    int64_t observed = 0;       // numbers of an observation that the network is told

    bool operator==(const PolicyOptions&) const = default;
};

/// Groups that the channels of a U-Net are normalised in: its widths are multiples of so many.
inline constexpr int64_t unet_groups = 8;

/// Throws UserError, naming the key, where the U-Net does not fit: for states that are no square pictures with a side
/// that is a multiple of 4, for widths that are no multiples of `unet_groups`, and where an observation is to be told.
void check_policy(const PolicyOptions& options);

}  // namespace drift
