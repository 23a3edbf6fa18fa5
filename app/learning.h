// Which methods learn before they sample, as their parameters tell.
#pragma once

#include "core/catalog.h"

namespace drift {

/// Such a method says what it learns from.
inline bool learns(const Choice& sampler) {
    return sampler.params.contains("sources.on_policy");
}

}  // namespace drift
