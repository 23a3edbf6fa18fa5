// Numbers and words in messages and files, always in the same notation whatever the locale of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drift {

/// The shortest decimal number that reads back as the same double: "0.02", "20", "1e-07".
std::string number_text(double value);

/// The finite number that `text` is, with a leading + allowed and nothing before or after it.
std::optional<double> number_from(std::string_view text);

/// `text` in single quotes, on one line, with unprintable bytes replaced and shortened where it is long.
std::string in_quotes(std::string_view text);

/// One line of a message: line breaks and other control characters become spaces.
std::string one_line(std::string_view text);

/// "[2, 3]", for messages.
std::string shape_text(const std::vector<int64_t>& shape);

/// "a, b, c".
std::string joined(const std::vector<std::string>& words);

}  // namespace drift
