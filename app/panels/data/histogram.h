// One dimension: where the particles lie against the exact density.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

#include <vector>

namespace drift {

struct Histogram {
    double from = 0, to = 1;
    std::vector<double> density;  // of the bins; integrates to the share of weight inside
};

/// Weighted; equal weights where `weights` is empty. Values outside and those that are not finite are left out.
Histogram histogram_of(const std::vector<float>& values, const std::vector<float>& weights, double from, double to,
                       int bins);

/// The histogram of the state shown with the exact prior and posterior, and the measurement to drag.
void draw_histogram(PanelContext& context, DataView& data, float height);

}  // namespace drift
