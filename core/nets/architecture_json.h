// The architecture of a network as it stands in the header of its weight file.
#pragma once

#include "core/nets/classifier.h"
#include "core/nets/unet.h"

#include <nlohmann/json.hpp>

namespace drift {

nlohmann::json to_json(const UnetConfig& config);
nlohmann::json to_json(const ClassifierConfig& config);

/// Back from a header; throws UserError, in words that go on from the name of the file, for missing values and for
/// values out of range.
UnetConfig unet_config(const nlohmann::json& header);
ClassifierConfig classifier_config(const nlohmann::json& header);

}  // namespace drift
