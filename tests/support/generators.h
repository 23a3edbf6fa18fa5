// Small generators as priors that are trained for a moment only: what is tested of them holds for any weights.
#pragma once

#include "core/generators/generators.h"

#include <string>
#include <utility>
#include <vector>

namespace drift::test::generators {

inline const std::vector<std::string> all_types{"cnf", "gan", "normalising_flow", "vae"};

using Values = std::vector<std::pair<std::string, Value>>;

inline Choice choice_of(const std::string& type, const Values& values = {}) {
    Choice choice = default_choice(Kind::Prior, type);
    choice.params.set("iterations", int64_t{20});
    choice.params.set("batch", int64_t{64});
    choice.params.set("width", int64_t{16});
    for (const auto& [key, value] : values) {
        choice.params.set(key, value);
    }
    return choice;
}

inline std::shared_ptr<const Prior> prior(const std::string& type, const Values& values = {},
                                          const std::string& folder = "") {
    return make<Prior>(choice_of(type, values), MakeContext{torch::kFloat32, folder, 1});
}

inline torch::Tensor noise(int64_t count, int64_t dimension = 2) {
    return standard_normals(count, dimension, Random{17});
}

inline double largest(const torch::Tensor& values) {
    return values.abs().max().item<double>();
}

}  // namespace drift::test::generators
