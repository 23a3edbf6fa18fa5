#include "core/kernels/product_of_lines.h"

#include "core/kernels/mixture_level.h"

#include <algorithm>
#include <cmath>

namespace drift::kernels {
namespace {

constexpr double same_log_weight = 1e-12;

std::vector<double> different_means(const Mixture& mixture, int64_t coordinate) {
    std::vector<double> means;
    for (int64_t j = 0; j < mixture.components; ++j) {
        means.push_back(mixture.means[2 * j + coordinate]);
    }
    std::sort(means.begin(), means.end());
    means.erase(std::unique(means.begin(), means.end()), means.end());
    return means;
}

size_t place_of(const std::vector<double>& means, double mean) {
    return static_cast<size_t>(std::lower_bound(means.begin(), means.end(), mean) - means.begin());
}

/// Log weights of all cells [columns, rows], or nothing where a cell has none or two components.
std::vector<double> log_weights_of_cells(const Mixture& mixture, const std::vector<double>& columns,
                                         const std::vector<double>& rows) {
    std::vector<double> cells(columns.size() * rows.size(), std::nan(""));
    for (int64_t j = 0; j < mixture.components; ++j) {
        const double* mean = mixture.means + 2 * j;
        double& cell = cells[place_of(columns, mean[0]) * rows.size() + place_of(rows, mean[1])];
        if (!std::isnan(cell) || !std::isfinite(mixture.log_weights[j])) {
            return {};
        }
        cell = mixture.log_weights[j];
    }
    return cells;
}

void relative_to_largest(std::vector<double>& logs) {
    const double largest = *std::max_element(logs.begin(), logs.end());
    for (double& each : logs) {
        each -= largest;
    }
}

}  // namespace

std::optional<ProductOfLines> product_of_lines(const Mixture& mixture) {
    if (mixture.dims != 2 || !shares_variance(mixture) ||
        !std::all_of(mixture.means, mixture.means + 2 * mixture.components,
                     [](double each) { return std::isfinite(each); })) {
        return std::nullopt;
    }
    ProductOfLines product;
    std::vector<double>& columns = product.line[0].means = different_means(mixture, 0);
    std::vector<double>& rows = product.line[1].means = different_means(mixture, 1);
    const auto components = static_cast<size_t>(mixture.components);
    if (2 * std::max(columns.size(), rows.size()) >= components || columns.size() * rows.size() != components) {
        return std::nullopt;
    }
    const std::vector<double> cells = log_weights_of_cells(mixture, columns, rows);
    if (cells.empty()) {
        return std::nullopt;
    }
    for (size_t column = 0; column < columns.size(); ++column) {
        product.line[0].log_weights.push_back(cells[column * rows.size()]);
    }
    product.line[1].log_weights.assign(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(rows.size()));
    for (size_t column = 0; column < columns.size(); ++column) {
        for (size_t row = 0; row < rows.size(); ++row) {
            const double expected = product.line[0].log_weights[column] + product.line[1].log_weights[row] - cells[0];
            if (std::abs(cells[column * rows.size() + row] - expected) > same_log_weight) {
                return std::nullopt;
            }
        }
    }
    relative_to_largest(product.line[0].log_weights);
    relative_to_largest(product.line[1].log_weights);
    return product;
}

}  // namespace drift::kernels
