#include "app/panels/rewards/potential_lines.h"

namespace drift {

std::vector<PotentialLine> potential_lines(std::string_view in_use) {
    std::vector<PotentialLine> lines{{"difference", "adds r - r before", &Potentials::difference, 0},
                                     {"max", "adds the highest r so far", &Potentials::max, 1},
                                     {"sum", "adds all r so far", &Potentials::sum, 3}};
    for (const PotentialLine& other :
         {PotentialLine{"reward", "adds r", &Potentials::reward, 4},
          PotentialLine{"none", "gives all at the end", &Potentials::none, 4},
          PotentialLine{"best_of", "chooses and weighs nothing", &Potentials::best_of, 4}}) {
        if (in_use == other.name) {
            lines.push_back(other);
        }
    }
    for (PotentialLine& line : lines) {
        line.in_use = in_use == line.name;
    }
    return lines;
}

}  // namespace drift
