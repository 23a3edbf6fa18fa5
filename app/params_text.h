// Arrays as a person types them: [[1, 0], [0, 1]], the form of scenario files. Without ImGui.
#pragma once

#include "core/params.h"

#include <string>
#include <string_view>

namespace drift {

/// "3", "[1, 2]", "[[1, 0], [0, 1]]"; reading it gives an equal array.
std::string array_text(const Array& array);
/// Throws UserError, naming `key`, for anything but numbers in brackets of equal lengths.
Array array_from_text(std::string_view text, const std::string& key);

}  // namespace drift
