// What a window needs to know about a problem before the first frame: plain numbers, no LibTorch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drift {

/// A mixture in plain numbers, for contours and mode bars.
struct MixtureView {
    int64_t dimension = 0;
    std::vector<double> weights;      // [J]
    std::vector<double> means;        // [J * d]
    std::vector<double> covariances;  // [J * d * d]

    int64_t components() const { return static_cast<int64_t>(weights.size()); }
};

/// The density of a two-dimensional mixture with noise of standard deviation `sigma` added, on a grid of
/// columns x rows points, row by row from the lower left corner.
struct GridBox {
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    int columns = 0, rows = 0;
};
std::vector<float> density_on_grid(const MixtureView& mixture, double sigma, const GridBox& box);

/// A density at the points of a box, row by row from the lower left, linear between them; on a line a single row.
struct GridDensity {
    GridBox box;
    std::vector<float> density;
};

/// The share of weight nearest (in probability) to each component of `modes`, and the share that lies farther than
/// four standard deviations from every one of them (guidance.md 1.9). x [n * d], weights [n] or empty for equal ones.
struct ModeShares {
    std::vector<double> share;  // [J]
    double off_manifold = 0;
    double non_finite = 0;
};
ModeShares mode_shares(const MixtureView& modes, const std::vector<float>& x, const std::vector<float>& weights);

/// A line measurement in the plane, a . x = y with standard deviation `noise`, or the edge of a half-space. It can be
/// dragged.
struct LineMeasurement {
    double a[2] = {0, 0};
    double y = 0;
    double noise = 0;
    bool edge = false;  // what is wanted is all of a . x >= y instead; its noise is the width of a soft edge
};

/// What a decoder makes of a square grid in a plane of noise: `columns` x `rows` points, row by row from the lower
/// left.
struct DecoderGrid {
    GridBox box;           // in noise space
    std::vector<float> x;  // [columns * rows * d], f(z)
};

struct Scene {
    std::vector<int64_t> sample_shape;            // {d} or {channels, height, width}
    std::vector<int64_t> latent_shape;            // likewise of z where x = f(z); empty for methods in data space
    std::optional<MixtureView> latent_posterior;  // of z, where it has a closed form
    std::optional<GridDensity> latent_on_grid;    // else by quadrature, where z is on a line or in the plane
    std::optional<GridDensity> on_grid;           // of x likewise, in noise space through the map
    std::optional<DecoderGrid> decoder_grid;      // of a noise space of two dimensions
    std::vector<double> sigma;                    // the schedule, the last one 0; empty for methods that walk none
    int64_t steps = 0;                            // states after the start; the most where that turns out on the way
    bool open_ended = false;                      // it does
    std::vector<double> amplification;            // of every step, foretold; empty where that cannot be
    std::optional<MixtureView> prior;             // where it has a closed form
    std::optional<MixtureView> posterior;         // likewise
    std::optional<double> exact_log_z;
    std::optional<double> discretised_log_z;  // of the model that the steps define, where known in closed form
    std::vector<LineMeasurement> lines;       // linear measurements of a line (a[1] = 0) or a plane, or an edge there
    std::vector<float> measurement_picture;   // [d] or empty; NaN where nothing is known
    std::vector<float> true_picture;          // [d] or empty
    std::vector<std::string> warnings;
    std::string device;           // "cpu (2 threads, float32)"
    int64_t kept_iterations = 0;  // of a training of before that this one could go on from
    bool weighted = false;        // the method has weights, hence ESS and log Z
    bool guided = false;          // the method has guidance, hence |guidance| / |score|
    bool ladder = false;          // the method climbs from the prior to the posterior, beta from 0 to 1
    double data_radius = 1;       // a box of this half-width around `data_center` shows the data
    std::vector<double> data_center;
    int64_t dimension() const;
    bool pictures() const { return sample_shape.size() == 3; }
    bool noise_space() const { return !latent_shape.empty(); }
};

}  // namespace drift
