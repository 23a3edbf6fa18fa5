// Which methods learn before they sample, and with what weights, as their parameters tell.
#pragma once

#include "core/catalog.h"

#include <string>
#include <variant>

namespace drift {

/// Such a method says what it learns from.
inline bool learns(const Choice& sampler) {
    return sampler.params.contains("sources.on_policy");
}

/// The file of weights that it samples with in place of learning; empty for none.
inline std::string loaded_weights(const Choice& sampler) {
    const auto* file = learns(sampler) ? std::get_if<std::string>(&sampler.params.at("weights").value) : nullptr;
    return file == nullptr ? std::string{} : *file;
}

}  // namespace drift
