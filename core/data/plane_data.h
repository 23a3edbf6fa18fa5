// Distributions of points in the plane that small generators learn: 25 modes, two moons, a checkerboard, and one that a
// user paints. In units of the mixtures that are shipped under the same names.
#pragma once

#include "core/params.h"
#include "core/random.h"
#include "core/torch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

struct PlaneDataOptions {
    std::string data = "two_moons";  // one of plane_data_names()
    Array painting{{0}, {}};         // rows of densities, the topmost first; for "painted" alone
    double half_width = 4;           // of the painting's longer side, about 0
};

/// "25_modes", "two_moons", "checkerboard", "painted".
const std::vector<std::string>& plane_data_names();

/// Immutable; safe to share between threads.
class PlaneData {
public:
    /// Throws UserError, naming the key of the prior, for a painting that is no density.
    explicit PlaneData(const PlaneDataOptions& options);

    /// Points [count, 2], float32. Row i depends on `random` and i alone.
    torch::Tensor draw(int64_t count, const Random& random) const;
    double mean(int axis) const { return axis == 0 ? mean_.x : mean_.y; }
    /// V = tr Cov[x] / 2.
    double variance() const { return variance_; }

private:
    struct Point {
        double x = 0, y = 0;
    };
    /// A place of uniform numbers u, v, w in [0, 1); noise is added to it.
    Point place(double u, double v, double w) const;
    Point painted(double u, double v, double w) const;
    void read_painting(const PlaneDataOptions& options);

    std::string data_;
    Point mean_;
    double variance_ = 1;
    double noise_ = 0;                // standard deviation of what is added to each place
    std::vector<double> cumulative_;  // of the painting's cells, row by row, up to 1
    int64_t rows_ = 0, columns_ = 0;
    double cell_ = 0;  // its side
};

}  // namespace drift
