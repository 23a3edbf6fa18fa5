// A choice as JSON and back: {"type": ..., and the keys of that type}. formats.md, "Scenario".
#pragma once

#include "core/catalog.h"
#include "core/strict_json.h"
#include "core/terms.h"

#include <string>
#include <vector>

namespace drift {

/// item_at, with the path of the key in the message.
const Item& item_named(Kind kind, const Json& type, const std::string& path);

/// Unknown keys are refused by name; those in `besides` are somebody else's. `path` is the full key for messages.
/// Throws UserError.
Choice choice_from_json(Kind kind, const Json& json, const std::string& path,
                        const std::vector<std::string>& besides = {});
Json choice_to_json(const Choice& choice);

/// A list of conditions, each with "weight" (1) beside its own keys; sums may be nested. Throws UserError.
Terms terms_from_json(const Json& json, const std::string& path);
Json terms_to_json(const Terms& terms);

}  // namespace drift
