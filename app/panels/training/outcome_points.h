// The points of the plot of reward against diversity, and where their names go. Plain values, tested without a window.
#pragma once

#include "app/comparison.h"

#include <string>
#include <vector>

namespace drift {

struct OutcomePoint {
    std::string name;
    std::string help;  // what it is, a sentence or two
    Outcome outcome;
    int64_t colour = -1;     // of a category; -1 for what is no method
    bool reference = false;  // prior, importance sampling, exact posterior
    bool earlier = false;    // a newer run of the same method is there
};

/// All points of a problem, references first; of methods the newest run last.
std::vector<OutcomePoint> outcome_points(const ComparedProblem& problem);

/// One sentence for each run that came to nothing.
std::vector<std::string> outcome_failures(const ComparedProblem& problem);

/// A row of the table of methods, as text.
struct MethodRow {
    std::string key;  // of a method that can be chosen, else empty
    std::string name, space, reward, diversity, log_z, ess, seconds;
    std::string note;  // why there are no numbers, or what is to be known of them
    bool failed = false;
};

/// Prior and exact posterior, every method that a comparison offers with its newest run, and other runs after them.
/// `problem` is null where nothing is known.
std::vector<MethodRow> method_rows(const ComparedProblem* problem);

/// A rectangle in pixels.
struct Box {
    float x = 0, y = 0, width = 0, height = 0;
};

/// Places for names of these widths and of `height`, each near its marker, within `plot`, and over no marker and no
/// other name. Empty, with width 0, for those that find none: too many markers on one spot.
std::vector<Box> place_names(const std::vector<Box>& markers, const std::vector<float>& widths, float height,
                             const Box& plot);

}  // namespace drift
