#include "core/twists/ensemble_moments.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

namespace drift {
namespace {

/// Multiplications that are worth a thread.
constexpr int64_t work_per_thread = 1 << 16;
/// Particles of a block, of which each has sums of its own where these are few numbers.
constexpr int64_t block_rows = 2048, few_sums = 1024;

int64_t rows_per_thread(int64_t work_per_row) {
    return std::max<int64_t>(1, work_per_thread / std::max<int64_t>(1, work_per_row));
}

/// `block(first, last, sums)` adds to `count` sums for each block of [0, n); their total, in order.
template <class F>
std::vector<double> summed_in_blocks(int64_t n, int64_t count, const F& block) {
    const int64_t blocks = (n + block_rows - 1) / block_rows;
    std::vector<double> sums(static_cast<size_t>(blocks * count));
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) {
            block(b * block_rows, std::min(n, (b + 1) * block_rows), sums.data() + b * count);
        }
    });
    std::vector<double> total(static_cast<size_t>(count));
    for (size_t i = 0; i < sums.size(); ++i) {
        total[i % total.size()] += sums[i];
    }
    return total;
}

struct Range {
    int64_t begin, end;
};

/// Adds products of these particles for these rows of the result.
void add_products(const torch::Tensor& a, const torch::Tensor& b, const Range& particles, const Range& rows,
                  double* sums) {
    const int64_t p = a.size(1), q = b.size(1);
    const auto* left = a.const_data_ptr<double>();
    const auto* right = b.const_data_ptr<double>();
    for (int64_t i = particles.begin; i < particles.end; ++i) {
        for (int64_t row = rows.begin; row < rows.end; ++row) {
            const double factor = left[i * p + row];
            for (int64_t column = 0; column < q; ++column) {
                sums[row * q + column] += factor * right[i * q + column];
            }
        }
    }
}

template <class T>
bool all_finite(const T* row, int64_t count) {
    return std::all_of(row, row + count, [](T number) { return std::isfinite(number); });
}

template <class T>
void centre(const T* from, int64_t columns, const double* finite, const double* mean, int64_t n, double* to) {
    at::parallel_for(0, n, rows_per_thread(columns), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            for (int64_t k = 0; k < columns; ++k) {
                const double apart = static_cast<double>(from[i * columns + k]) - mean[k];
                to[i * columns + k] = finite[i] != 0 ? apart : 0;
            }
        }
    });
}

/// Fills in an ensemble; the last of its sums is the number of finite particles.
template <class T>
void about_the_mean(const T* denoised, const T* images, Ensemble& ensemble) {
    const int64_t n = ensemble.d.size(0), d = ensemble.d.size(1), m = ensemble.u.size(1);
    auto* finite = ensemble.finite.mutable_data_ptr<double>();
    std::vector<double> sums = summed_in_blocks(n, d + m + 1, [&](int64_t first, int64_t last, double* sum) {
        for (int64_t i = first; i < last; ++i) {
            const T* x = denoised + i * d;
            const T* u = images + i * m;
            finite[i] = all_finite(x, d) && all_finite(u, m) ? 1 : 0;
            if (finite[i] == 0) {
                continue;
            }
            for (int64_t k = 0; k < d; ++k) {
                sum[k] += static_cast<double>(x[k]);
            }
            for (int64_t k = 0; k < m; ++k) {
                sum[d + k] += static_cast<double>(u[k]);
            }
            sum[d + m] += 1;
        }
    });
    ensemble.count = std::max(1.0, sums.back());
    for (double& sum : sums) {
        sum /= ensemble.count;
    }
    centre(denoised, d, finite, sums.data(), n, ensemble.d.mutable_data_ptr<double>());
    centre(images, m, finite, sums.data() + d, n, ensemble.u.mutable_data_ptr<double>());
}

}  // namespace

torch::Tensor summed_products(const torch::Tensor& a, const torch::Tensor& b) {
    const int64_t n = a.size(0), p = a.size(1), q = b.size(1);
    torch::Tensor result = torch::zeros({p, q}, torch::kFloat64);
    auto* sums = result.mutable_data_ptr<double>();
    if (p * q <= few_sums) {
        const std::vector<double> total = summed_in_blocks(n, p * q, [&](int64_t first, int64_t last, double* block) {
            add_products(a, b, {first, last}, {0, p}, block);
        });
        std::ranges::copy(total, sums);
        return result;
    }
    at::parallel_for(0, p, rows_per_thread(n * q), [&](int64_t begin, int64_t end) {
        add_products(a, b, {0, n}, {begin, end}, sums);
    });
    return result;
}

double sum_of_squares(const torch::Tensor& rows) {
    const int64_t columns = rows.size(1);
    const auto* numbers = rows.const_data_ptr<double>();
    return summed_in_blocks(rows.size(0), 1, [&](int64_t first, int64_t last, double* sum) {
        for (int64_t i = first * columns; i < last * columns; ++i) {
            *sum += numbers[i] * numbers[i];
        }
    })[0];
}

torch::Tensor rows_times(const torch::Tensor& a, const torch::Tensor& b) {
    const int64_t n = a.size(0), p = a.size(1), q = b.size(1);
    torch::Tensor result = torch::empty({n, q}, torch::kFloat64);
    const auto* left = a.const_data_ptr<double>();
    const auto* right = b.const_data_ptr<double>();
    auto* rows = result.mutable_data_ptr<double>();
    at::parallel_for(0, n, rows_per_thread(p * q), [&](int64_t begin, int64_t end) {
        std::fill(rows + begin * q, rows + end * q, 0.0);
        for (int64_t i = begin; i < end; ++i) {
            for (int64_t k = 0; k < p; ++k) {
                for (int64_t column = 0; column < q; ++column) {
                    rows[i * q + column] += left[i * p + k] * right[k * q + column];
                }
            }
        }
    });
    return result;
}

Ensemble::Ensemble(const torch::Tensor& denoised, const torch::Tensor& images)
    : finite(torch::empty({denoised.size(0), 1}, torch::kFloat64)),
      d(torch::empty(denoised.sizes(), torch::kFloat64)),
      u(torch::empty(images.sizes(), torch::kFloat64)) {
    const torch::Tensor x = denoised.contiguous(), of_x = images.contiguous();
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "ensemble", [&] {
        about_the_mean(x.const_data_ptr<scalar_t>(), of_x.const_data_ptr<scalar_t>(), *this);
    });
}

torch::Tensor Ensemble::mean(const torch::Tensor& rows) const {
    const torch::Tensor known = at::nan_to_num(rows, 0.0, 0.0, 0.0);
    const torch::Tensor least = known.amin(0);
    return summed_products(finite, (known - least).contiguous()).div_(count).add_(least).squeeze(0);
}

std::optional<torch::Tensor> Ensemble::shared_row(const torch::Tensor& rows) const {
    const torch::Tensor contiguous = rows.contiguous();
    const int64_t n = rows.size(0), columns = rows.size(1);
    const auto* numbers = contiguous.const_data_ptr<double>();
    const auto* known = finite.const_data_ptr<double>();
    const auto* last = known + n;
    const auto* reference = std::find(known, last, 1.0);
    if (reference == last) {
        return torch::zeros({columns}, torch::kFloat64);
    }
    const double* row = numbers + (reference - known) * columns;
    std::atomic<bool> same = true;
    at::parallel_for(0, n, rows_per_thread(columns), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            if (known[i] != 0 && !std::equal(row, row + columns, numbers + i * columns)) {
                same = false;
                return;
            }
        }
    });
    return same ? std::optional(contiguous[reference - known].clone()) : std::nullopt;
}

}  // namespace drift
