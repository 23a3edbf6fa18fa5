// A table of measurements, side by side in one process: what our code does against the plain LibTorch expression of the
// same work, as a ratio. Nothing here passes or fails. A file with measurements defines a Section.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace drift::bench {

/// Measurements under a heading; runs where `./dev bench` is given no name or a part of this one.
struct Section {
    Section(const char* name, void (*run)());
};

/// A table in Markdown that takes minutes; runs where `./dev bench` is given its name, and then nothing else does.
struct Table {
    Table(const char* name, void (*run)());
};

/// What stands behind `--name` on the command line, else `otherwise`.
std::string option(const std::string& name, const std::string& otherwise);
int64_t number_option(const std::string& name, int64_t otherwise);
/// Parts of it between commas.
std::vector<std::string> list_option(const std::string& name, const std::string& otherwise);

/// Shortest time of one call in seconds, of as many calls as `budget` seconds allow and at least three.
double seconds(const std::function<void()>& call, double budget = 1);

/// By how much one call raises the memory of the process at its peak, in bytes.
double peak_memory(const std::function<void()>& call);

/// 12.3 M, 4.5 k
std::string short_number(double value);

/// One row: what, how many particle-steps (or numbers) a second ours and the plain one do, their ratio, and a remark.
void row(const std::string& what, double ours_per_second, double plain_per_second, const std::string& remark = "");

}  // namespace drift::bench
