#include "core/kernels/mixture_level.h"

#include "core/kernels/line_sums.h"
#include "core/kernels/product_of_lines.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace drift::kernels {

bool shares_variance(const Mixture& mixture) {
    const double* v = mixture.covariances;
    return mixture.kind == CovarianceKind::Scalar && mixture.dims <= max_shared_variance_dims &&
           std::all_of(v, v + mixture.components, [v](double each) { return each == v[0]; });
}

namespace {

constexpr double log2_e = 1.4426950408889634;
constexpr double log2_two_pi = 2.6514961294723187;

int64_t pairs_of_lines(const Mixture& mixture) {
    return mixture.lines != nullptr ? mixture.lines->pairs() : 0;
}

/// Log weights as normalised weights, to take means with.
std::vector<double> weights_of(const Mixture& mixture) {
    const double* log_weights = mixture.log_weights;
    const double largest = *std::max_element(log_weights, log_weights + mixture.components);
    std::vector<double> weights(static_cast<size_t>(mixture.components));
    double total = 0;
    for (size_t j = 0; j < weights.size(); ++j) {
        weights[j] = std::exp(log_weights[j] - largest);
        total += weights[j];
    }
    if (!(total > 0) || !std::isfinite(total)) {
        throw std::domain_error("a mixture needs at least one component with a positive, finite weight");
    }
    for (double& weight : weights) {
        weight /= total;
    }
    return weights;
}

/// Sigma_j + sigma^2 I = L L^T for one component, and what follows from it.
class NoisyCovariance {
public:
    NoisyCovariance(const Mixture& mixture, int64_t j, double sigma) : dims_(mixture.dims) {
        const double noise = sigma * sigma;
        const auto d = static_cast<size_t>(dims_);
        diagonal_.resize(d);
        if (mixture.kind == CovarianceKind::Full) {
            covariance_ = mixture.covariances + j * dims_ * dims_;
            factor(noise);
            return;
        }
        for (int64_t k = 0; k < dims_; ++k) {
            const double v = mixture.covariances[mixture.kind == CovarianceKind::Scalar ? j : j * dims_ + k];
            require_positive(v + noise);
            diagonal_[static_cast<size_t>(k)] = v;
            log2_determinant_ += std::log2(v + noise);
        }
    }

    double log2_determinant() const { return log2_determinant_; }
    double variance(int64_t k) const { return diagonal_[static_cast<size_t>(k)]; }

    /// L^-1, lower triangular, full storage.
    const std::vector<double>& inverse_factor() const { return inverse_; }

    /// (Sigma + sigma^2 I)^-1 between two coordinates.
    double precision(int64_t a, int64_t b) const {
        double sum = 0;
        for (int64_t k = std::max(a, b); k < dims_; ++k) {
            sum += at(inverse_, k, a) * at(inverse_, k, b);
        }
        return sum;
    }

    /// (Sigma + sigma^2 I)^-1, full storage.
    std::vector<double> precisions() const {
        std::vector<double> result(static_cast<size_t>(dims_ * dims_));
        for (int64_t a = 0; a < dims_; ++a) {
            for (int64_t b = 0; b < dims_; ++b) {
                at(result, a, b) = precision(a, b);
            }
        }
        return result;
    }

    /// Sigma (Sigma + sigma^2 I)^-1, full storage: as a product, without the difference I - sigma^2 precision.
    std::vector<double> gain(const std::vector<double>& precisions) const {
        std::vector<double> result(precisions.size());
        for (int64_t a = 0; a < dims_; ++a) {
            for (int64_t k = 0; k < dims_; ++k) {
                for (int64_t b = 0; b < dims_; ++b) {
                    at(result, a, b) += covariance_[a * dims_ + k] * at(precisions, k, b);
                }
            }
        }
        return result;
    }

private:
    static void require_positive(double pivot) {
        if (!(pivot > 0) || !std::isfinite(pivot)) {
            throw std::domain_error("a component's covariance plus sigma^2 I is not positive definite");
        }
    }

    double& at(std::vector<double>& matrix, int64_t row, int64_t column) const {
        return matrix[static_cast<size_t>(row * dims_ + column)];
    }
    double at(const std::vector<double>& matrix, int64_t row, int64_t column) const {
        return matrix[static_cast<size_t>(row * dims_ + column)];
    }

    void factor(double noise) {
        const auto d = static_cast<size_t>(dims_);
        std::vector<double> lower(d * d);
        inverse_.assign(d * d, 0);
        for (int64_t a = 0; a < dims_; ++a) {
            for (int64_t b = 0; b <= a; ++b) {
                double sum = covariance_[a * dims_ + b] + (a == b ? noise : 0);
                for (int64_t k = 0; k < b; ++k) {
                    sum -= at(lower, a, k) * at(lower, b, k);
                }
                if (a == b) {
                    require_positive(sum);
                }
                at(lower, a, b) = a == b ? std::sqrt(sum) : sum / at(lower, b, b);
            }
            log2_determinant_ += 2 * std::log2(at(lower, a, a));
        }
        for (int64_t column = 0; column < dims_; ++column) {
            for (int64_t row = column; row < dims_; ++row) {
                double sum = row == column ? 1 : 0;
                for (int64_t k = column; k < row; ++k) {
                    sum -= at(lower, row, k) * at(inverse_, k, column);
                }
                at(inverse_, row, column) = sum / at(lower, row, row);
            }
        }
    }

    int64_t dims_;
    double log2_determinant_ = 0;
    const double* covariance_ = nullptr;
    std::vector<double> diagonal_;
    std::vector<double> inverse_;
};

/// Writes the coefficients of one level.
template <class T>
class LevelWriter {
public:
    LevelWriter(const Mixture& mixture, double sigma, const MixtureLayout& layout, T* coefficients)
        : mixture_(mixture), sigma_(sigma), layout_(layout), out_(coefficients) {}

    void write(const double* directions) {
        const std::vector<double> weights = weights_of(mixture_);
        const auto d = static_cast<size_t>(mixture_.dims);
        centre_.assign(d, 0);
        reference_.assign(d, 0);
        for (int64_t j = 0; j < mixture_.components; ++j) {
            const double weight = weights[static_cast<size_t>(j)];
            covariances_.emplace_back(mixture_, j, sigma_);
            for (size_t k = 0; k < d; ++k) {
                centre_[k] += weight * mean(j)[k];
                reference_[k] += weight * precision(covariances_.back(), static_cast<int64_t>(k));
            }
        }
        if (layout_.shared_variance) {
            logit_offset_ = logit(0);
            for (int64_t j = 1; j < mixture_.components; ++j) {
                logit_offset_ = std::max(logit_offset_, logit(j));
            }
        }
        put(layout_.centre(), centre_.data(), mixture_.dims);
        put(layout_.reference(), reference_.data(), mixture_.dims);
        put(layout_.direction(0), directions, layout_.directions * mixture_.dims);
        for (int64_t j = 0; j < mixture_.components; ++j) {
            write_component(j, directions);
        }
    }

    /// Behind the components.
    void write_lines(const ProductOfLines& product) {
        constexpr double weightless = -1e30;
        const double unit = logit_unit(mixture_.covariances[0] + sigma_ * sigma_);
        T* to = out_ + layout_.component(mixture_.components);
        for (size_t i = 0; i < static_cast<size_t>(product.pairs()); ++i) {
            for (size_t k = 0; k < 2; ++k, to += line_numbers) {
                const LineMixture& line = product.line[k];
                const bool there = i < line.means.size();
                const double b = there ? unit * (line.means[i] - centre_[k]) : 0;
                to[0] = static_cast<T>(there ? log2_e * line.log_weights[i] : weightless);
                to[1] = static_cast<T>(b);
                to[2] = static_cast<T>(b * b);
            }
        }
    }

    double logit_offset() const { return logit_offset_; }

private:
    const double* mean(int64_t j) const { return mixture_.means + j * mixture_.dims; }

    double precision(const NoisyCovariance& covariance, int64_t k) const {
        return mixture_.kind == CovarianceKind::Full ? covariance.precision(k, k)
                                                     : 1 / (covariance.variance(k) + sigma_ * sigma_);
    }

    void put(int64_t offset, const double* from, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
            out_[offset + i] = static_cast<T>(from[i]);
        }
    }

    /// Of a particle at the mean of component j.
    double logit(int64_t j) const {
        return log2_e * mixture_.log_weights[j] - 0.5 * (static_cast<double>(mixture_.dims) * log2_two_pi +
                                                         covariances_[static_cast<size_t>(j)].log2_determinant());
    }

    void write_component(int64_t j, const double* directions) {
        const NoisyCovariance& covariance = covariances_[static_cast<size_t>(j)];
        const int64_t d = mixture_.dims;
        T* to = out_ + layout_.component(j);
        *to++ = static_cast<T>(logit(j) - logit_offset_);
        std::vector<double> b(static_cast<size_t>(d));
        for (size_t k = 0; k < b.size(); ++k) {
            b[k] = mean(j)[k] - centre_[k];
        }
        if (layout_.shared_variance) {
            const double unit = logit_unit(covariance.variance(0) + sigma_ * sigma_);
            to = std::transform(b.begin(), b.end(), to, [unit](double each) { return static_cast<T>(unit * each); });
            for (int64_t r = 0; r < layout_.directions; ++r) {
                double product = 0;
                for (int64_t k = 0; k < d; ++k) {
                    product += b[static_cast<size_t>(k)] * directions[r * d + k];
                }
                product *= unit;
                to = std::transform(b.begin(), b.end(), to,
                                    [product](double each) { return static_cast<T>(each * product); });
            }
        } else if (mixture_.kind == CovarianceKind::Full) {
            to = std::transform(b.begin(), b.end(), to, [](double each) { return static_cast<T>(each); });
            write_matrices(covariance, b, to);
        } else {
            write_diagonal(covariance, b, to);
        }
    }

    void write_diagonal(const NoisyCovariance& covariance, const std::vector<double>& b, T* to) const {
        for (size_t k = 0; k < b.size(); ++k) {
            const double v = covariance.variance(static_cast<int64_t>(k));
            const double inverse = 1 / (v + sigma_ * sigma_);
            *to++ = static_cast<T>(b[k]);
            *to++ = static_cast<T>(0.5 * log2_e * inverse);
            *to++ = static_cast<T>(v * inverse);
            *to++ = static_cast<T>(inverse - reference_[k]);
            *to++ = static_cast<T>(inverse * b[k]);
        }
    }

    void write_matrices(const NoisyCovariance& covariance, const std::vector<double>& b, T* to) const {
        const int64_t d = mixture_.dims;
        const std::vector<double> precisions = covariance.precisions();
        for (int64_t row = 0; row < d; ++row) {
            const double* each = precisions.data() + row * d;
            *to++ = static_cast<T>(std::inner_product(b.begin(), b.end(), each, 0.));
        }
        for (int64_t row = 0; row < d; ++row) {
            for (int64_t column = 0; column <= row; ++column) {
                *to++ = static_cast<T>(covariance.inverse_factor()[static_cast<size_t>(row * d + column)]);
            }
        }
        for (const double each : covariance.gain(precisions)) {
            *to++ = static_cast<T>(each);
        }
        for (int64_t row = 0; row < d; ++row) {
            for (int64_t column = 0; column < d; ++column) {
                const double reference = row == column ? reference_[static_cast<size_t>(row)] : 0;
                *to++ = static_cast<T>(precisions[static_cast<size_t>(row * d + column)] - reference);
            }
        }
    }

    const Mixture& mixture_;
    double sigma_;
    MixtureLayout layout_;
    T* out_;
    double logit_offset_ = 0;
    std::vector<double> centre_, reference_;
    std::vector<NoisyCovariance> covariances_;
};

}  // namespace

int64_t mixture_level_size(const Mixture& mixture, int64_t directions) {
    const MixtureLayout layout{mixture.dims, directions, mixture.kind, shares_variance(mixture)};
    return layout.component(mixture.components) + 2 * line_numbers * pairs_of_lines(mixture);
}

template <class T>
MixtureLevel<T> prepare_mixture_level(const Mixture& mixture, double sigma, const double* directions, int64_t rows,
                                      T* coefficients) {
    if (mixture.components < 1 || mixture.dims < 1 || mixture.dims > max_mixture_dims) {
        throw std::invalid_argument("a mixture has at least one component and 1 to 1024 dimensions");
    }
    const bool shared = shares_variance(mixture);
    LevelWriter<T> writer(mixture, sigma, {mixture.dims, rows, mixture.kind, shared}, coefficients);
    writer.write(directions);
    if (mixture.lines != nullptr) {
        writer.write_lines(*mixture.lines);
    }
    MixtureLevel<T> level;
    level.components = mixture.components;
    level.dims = mixture.dims;
    level.directions = rows;
    level.kind = mixture.kind;
    level.shared_variance = shared;
    level.sigma = sigma;
    level.variance = shared ? mixture.covariances[0] : 0;
    level.line_pairs = pairs_of_lines(mixture);
    level.logit_offset = writer.logit_offset();
    level.coefficients = coefficients;
    return level;
}

template MixtureLevel<float> prepare_mixture_level(const Mixture&, double, const double*, int64_t, float*);
template MixtureLevel<double> prepare_mixture_level(const Mixture&, double, const double*, int64_t, double*);

}  // namespace drift::kernels
