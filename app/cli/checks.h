// Checks of the numbers among the options, in the words of the program: CLI11's own print bounds of 300 digits.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>

namespace drift::cli {

/// Digits for a whole number from `least` to `most`; where `most` is left out, as far as numbers go.
CLI::Validator whole_number(uint64_t least, uint64_t most = std::numeric_limits<int64_t>::max());

/// A number above 0.
CLI::Validator number_above_zero();

}  // namespace drift::cli
