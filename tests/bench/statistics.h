// What tables of repeated measurements share: means with their errors, and numbers in few digits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace drift::bench {

class Sample {
public:
    void add(double value) { values_.push_back(value); }
    size_t count() const { return values_.size(); }
    double mean() const {
        double total = 0;
        for (const double value : values_) {
            total += value;
        }
        return values_.empty() ? std::numeric_limits<double>::quiet_NaN() : total / static_cast<double>(count());
    }
    /// Standard error of the mean.
    double error() const {
        const double centre = mean();
        double squares = 0;
        for (const double value : values_) {
            squares += (value - centre) * (value - centre);
        }
        const auto n = static_cast<double>(count());
        return count() < 2 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(squares / (n - 1) / n);
    }

private:
    std::vector<double> values_;
};

inline std::string decimals(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

/// Whether `name` begins with one of the wanted names; all do where none are wanted.
inline bool chosen(const std::string& name, const std::vector<std::string>& wanted) {
    return wanted.empty() ||
           std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) { return name.rfind(each, 0) == 0; });
}

}  // namespace drift::bench
