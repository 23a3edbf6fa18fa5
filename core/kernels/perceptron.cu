#include "core/kernels/perceptron.h"

#include "core/kernels/lane_math.h"
#include "core/kernels/parallel_for.h"

#include <cstring>

#ifndef __CUDACC__

namespace drift::kernels {
namespace {

constexpr int64_t tile_rows = 64;

template <class L>
DRIFT_INLINE typename L::Real load(const float* from) {
    typename L::Real value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}
template <class L>
DRIFT_INLINE void store(float* to, const typename L::Real& value) {
    std::memcpy(to, &value, sizeof(value));
}

/// Element (r, k) lies at data[r * row + k * column].
struct Strided {
    const float* data;
    int64_t row, column;
};

/// C[r][v] += sum_k A(r, k) B[k][v] for Rows rows and Vectors vectors, all of C in registers.
template <class L, int Rows, int Vectors>
DRIFT_INLINE void multiply_block(const Strided& a, const float* b, int64_t b_row, int64_t count, float* c,
                                 int64_t c_row) {
    typename L::Real sum[Rows][Vectors];
    DRIFT_UNROLL
    for (int r = 0; r < Rows; ++r) {
        DRIFT_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            sum[r][v] = load<L>(c + r * c_row + v * L::count);
        }
    }
    for (int64_t k = 0; k < count; ++k) {
        typename L::Real row[Vectors];
        DRIFT_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            row[v] = load<L>(b + k * b_row + v * L::count);
        }
        DRIFT_UNROLL
        for (int r = 0; r < Rows; ++r) {
            const float factor = a.data[r * a.row + k * a.column];
            DRIFT_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                sum[r][v] += factor * row[v];
            }
        }
    }
    DRIFT_UNROLL
    for (int r = 0; r < Rows; ++r) {
        DRIFT_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            store<L>(c + r * c_row + v * L::count, sum[r][v]);
        }
    }
}

template <class L, int Rows>
DRIFT_INLINE void multiply_rows(const Strided& a, const float* b, int64_t b_row, int64_t count, float* c, int64_t c_row,
                                int64_t columns) {
    int64_t v = 0;
    for (; v + 4 * L::count <= columns; v += 4 * L::count) {
        multiply_block<L, Rows, 4>(a, b + v, b_row, count, c + v, c_row);
    }
    for (; v < columns; v += L::count) {
        multiply_block<L, Rows, 1>(a, b + v, b_row, count, c + v, c_row);
    }
}

/// C += A B with `columns` a whole number of vectors. As many rows at a time as there are registers for.
template <class L>
DRIFT_INLINE void multiply(const Strided& a, int64_t rows, const float* b, int64_t b_row, int64_t count, float* c,
                           int64_t c_row, int64_t columns) {
    constexpr int at_once = L::bytes == 64 ? 4 : 2;
    int64_t r = 0;
    for (; r + at_once <= rows; r += at_once) {
        multiply_rows<L, at_once>({a.data + r * a.row, a.row, a.column}, b, b_row, count, c + r * c_row, c_row,
                                  columns);
    }
    for (; r < rows; ++r) {
        multiply_rows<L, 1>({a.data + r * a.row, a.row, a.column}, b, b_row, count, c + r * c_row, c_row, columns);
    }
}

/// x Phi(x) and its derivative Phi(x) + x phi(x), with erf by Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7).
template <class L>
DRIFT_INLINE void gelu(const typename L::Real& x, typename L::Real& value, typename L::Real& slope) {
    using V = typename L::Real;
    const float c[] = {0.254829592f, -0.284496736f, 1.421413741f, -1.453152027f, 1.061405429f};
    const V z = x * 0.70710678f;
    const V size = z < 0 ? -z : z;
    const V t = 1.f / (1.f + 0.3275911f * size);
    const V bell = exp_nonpositive<L>(-(z * z));
    const V tail = 0.5f * bell * t * polynomial<L>(t, c);  // 1 - Phi(|x|)
    const V phi = x < 0 ? tail : 1.f - tail;
    value = x * phi;
    slope = phi + x * bell * 0.39894228f;
}

/// A tile of rows on its way through the layers.
struct Layers {
    Perceptron net;
    float* after;
    float* slope;
    int64_t kept;

    /// gelu of the tile in place; activations and slopes of layer `layer` are kept where they are wanted.
    template <class L>
    DRIFT_INLINE void activate(float* h, int64_t layer, int64_t first, int valid) const {
        const int64_t from = (layer * kept + first) * net.width;
        for (int64_t i = 0; i < valid * net.width; i += L::count) {
            typename L::Real value, derivative;
            gelu<L>(load<L>(h + i), value, derivative);
            store<L>(h + i, value);
            if (after != nullptr) {
                store<L>(after + from + i, value);
                store<L>(slope + from + i, derivative);
            }
        }
    }

    /// `time(r)` is what row r of the tile gets from its time, `x` and `out` begin at the tile, what is kept at row
    /// `first`.
    template <class L, class TimeOf>
    DRIFT_INLINE void pass(const float* x, const TimeOf& time, int64_t first, int valid, float* out) const {
        const int64_t w = net.width;
        float one[tile_rows * max_perceptron_width];
        float two[tile_rows * max_perceptron_width];
        float* now = one;
        float* next = two;
        for (int64_t r = 0; r < valid; ++r) {
            const float* from_time = time(r);
            for (int64_t i = 0; i < w; i += L::count) {
                store<L>(now + r * w + i, load<L>(net.in_bias + i) + load<L>(from_time + i));
            }
        }
        multiply<L>({x, net.in, 1}, valid, net.in_transposed, w, net.in, now, w, w);
        activate<L>(now, 0, first, valid);
        for (int64_t layer = 0; layer < net.layers; ++layer) {
            for (int64_t r = 0; r < valid; ++r) {
                std::memcpy(next + r * w, net.inner_bias + layer * net.inner_stride,
                            static_cast<size_t>(w) * sizeof(float));
            }
            multiply<L>({now, w, 1}, valid, net.inner_transposed + layer * w * w, w, w, next, w, w);
            activate<L>(next, layer + 1, first, valid);
            float* const before = now;
            now = next;
            next = before;
        }
        for (int64_t r = 0; r < valid; ++r) {
            std::memcpy(next + r * net.padded_out, net.out_bias, static_cast<size_t>(net.padded_out) * sizeof(float));
        }
        multiply<L>({now, w, 1}, valid, net.out_transposed, net.padded_out, w, next, net.padded_out, net.padded_out);
        for (int64_t r = 0; r < valid; ++r) {
            std::memcpy(out + r * net.out, next + r * net.padded_out, static_cast<size_t>(net.out) * sizeof(float));
        }
    }
};

struct Forward {
    using Real = float;
    static constexpr int tile_size = tile_rows;

    Layers layers;
    PerceptronRows rows;
    float* out;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        const Perceptron& net = layers.net;
        const auto time = [&](int64_t r) { return rows.times + (first + r) / rows.rows_per_step * net.width; };
        layers.pass<L>(rows.x + first * net.in, time, first, valid, out + first * net.out);
    }
};

/// tanh by exp(-2 |x|).
template <class L>
DRIFT_INLINE typename L::Real tanh_lanes(const typename L::Real& x) {
    using V = typename L::Real;
    const V size = x < 0 ? -x : x;
    const V e = exp_nonpositive<L>(size * -2.f);
    const V tanh = (1.f - e) / (1.f + e);
    return x < 0 ? -tanh : tanh;
}

/// e^x.
template <class L>
DRIFT_INLINE typename L::Real exp_lanes(const typename L::Real& x) {
    using V = typename L::Real;
    const V small = exp_nonpositive<L>(x < 0 ? x : -x);
    return x < 0 ? small : 1.f / small;
}

struct Path {
    using Real = float;
    static constexpr int tile_size = tile_rows;

    Perceptron net;
    PerceptronPath path;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        for (int64_t k = 0; k < path.steps; ++k) {
            const PerceptronStep& kept = path.kept[k];
            float* in = kept.in + first * net.in;
            float* out = kept.out + first * net.out;
            ask(k, first, valid, in);
            const float* const row = path.times + k * net.width;
            Layers{net, kept.after, kept.slope, kept.kept}.pass<L>(
                in, [row](int64_t) { return row; }, first, valid, out);
            move<L>(k, first, valid, out);
        }
    }

    DRIFT_INLINE void ask(int64_t k, int64_t first, int valid, float* in) const {
        const float* x = path.x + k * path.apart + first * path.dims;
        for (int64_t r = 0; r < valid; ++r) {
            for (int64_t i = 0; i < path.dims; ++i) {
                in[r * net.in + i] = x[r * path.dims + i] * path.scale[k];
            }
            for (int64_t i = 0; i < path.told_size; ++i) {
                in[r * net.in + path.dims + i] = path.told[(first + r) * path.told_size + i];
            }
        }
    }

    template <class L>
    DRIFT_INLINE void move(int64_t k, int64_t first, int valid, const float* out) const {
        const int64_t at = k * path.apart + first * path.dims;
        for (int64_t begin = 0; begin < valid * path.dims; begin += L::count) {
            const int64_t numbers = valid * path.dims - begin < L::count ? valid * path.dims - begin : L::count;
            float answer[L::count] = {}, bend[L::count] = {}, here[L::count] = {}, noise[L::count] = {};
            for (int64_t i = 0; i < numbers; ++i) {
                const float* of = out + (begin + i) / path.dims * net.out + (begin + i) % path.dims;
                answer[i] = of[0];
                bend[i] = path.range > 0 ? of[path.dims] : 0.f;
                here[i] = path.x[at + begin + i];
                noise[i] = path.moves[at + begin + i];
            }
            using V = typename L::Real;
            V shift = load<L>(answer);
            shift = shift > path.largest ? every_lane<L>(path.largest) : shift;
            shift = (shift < -path.largest ? every_lane<L>(-path.largest) : shift) * path.gain[k];
            V moved = load<L>(noise);
            if (path.range > 0) {
                moved = moved * exp_lanes<L>(tanh_lanes<L>(load<L>(bend)) * (0.5f * path.range));
            }
            const V mean = load<L>(here) * path.factor[k];
            store<L>(here, mean);
            store<L>(noise, (moved + shift) + mean);
            std::memcpy(path.mean + at + begin, here, static_cast<size_t>(numbers) * sizeof(float));
            std::memcpy(path.x + at + path.apart + begin, noise, static_cast<size_t>(numbers) * sizeof(float));
        }
    }
};

struct Backward {
    using Real = float;
    static constexpr int tile_size = tile_rows;

    Perceptron net;
    PerceptronRows rows;
    const float* after;
    const float* slope;
    const float* at_out;
    PerceptronGradient gradient;

    /// g <- (g W) * slope of `layer` for a weight [count, width].
    template <class L>
    DRIFT_INLINE void back_through(const float* g, int64_t count, const float* weight, int64_t layer, int64_t first,
                                   int valid, float* to) const {
        const int64_t w = net.width;
        std::memset(to, 0, static_cast<size_t>(valid * w) * sizeof(float));
        multiply<L>({g, count, 1}, valid, weight, w, count, to, w, w);
        const float* derivative = slope + (layer * rows.kept + first) * w;
        for (int64_t i = 0; i < valid * w; i += L::count) {
            store<L>(to + i, load<L>(to + i) * load<L>(derivative + i));
        }
    }

    /// Sums of products of the gradient [valid, count] with activations of `layer`.
    template <class L>
    DRIFT_INLINE void add_weights(const float* g, int64_t count, int64_t layer, int64_t first, int valid,
                                  float* weight) const {
        const int64_t w = net.width;
        multiply<L>({g, 1, count}, count, after + (layer * rows.kept + first) * w, w, valid, weight, w, w);
    }

    static DRIFT_INLINE void add_bias(const float* g, int64_t count, int valid, float* bias) {
        for (int64_t r = 0; r < valid; ++r) {
            for (int64_t i = 0; i < count; ++i) {
                bias[i] += g[r * count + i];
            }
        }
    }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        const int64_t w = net.width;
        float one[tile_rows * max_perceptron_width];
        float two[tile_rows * max_perceptron_width];
        float* now = one;
        float* next = two;
        const float* g = at_out + first * net.out;
        add_weights<L>(g, net.out, net.layers, first, valid, gradient.out_weight);
        add_bias(g, net.out, valid, gradient.out_bias);
        back_through<L>(g, net.out, net.out_weight, net.layers, first, valid, now);
        for (int64_t layer = net.layers - 1; layer >= 0; --layer) {
            add_weights<L>(now, w, layer, first, valid, gradient.inner + layer * net.inner_stride);
            add_bias(now, w, valid, gradient.inner_bias + layer * net.inner_stride);
            back_through<L>(now, w, net.inner + layer * net.inner_stride, layer, first, valid, next);
            float* const before = now;
            now = next;
            next = before;
        }
        multiply<L>({rows.x + first * net.in, 1, net.in}, net.in, now, w, valid, gradient.in_transposed, w, w);
        for (int64_t r = 0; r < valid; ++r) {
            float* time = gradient.times + (first + r) / rows.rows_per_step * w;
            for (int64_t i = 0; i < w; i += L::count) {
                store<L>(time + i, load<L>(time + i) + load<L>(now + r * w + i));
            }
        }
        if (gradient.first != nullptr) {
            std::memcpy(gradient.first + first * w, now, static_cast<size_t>(valid * w) * sizeof(float));
        }
    }
};

}  // namespace

void perceptron_forward(const Perceptron& net, const PerceptronRows& rows, float* out, float* after, float* slope) {
    detail::run_on_cpu(Forward{{net, after, slope, rows.kept}, rows, out}, rows.count, 0, rows.count);
}

void perceptron_path(const Perceptron& net, const PerceptronPath& path) {
    detail::run_on_cpu(Path{net, path}, path.count, 0, path.count);
}

void perceptron_backward(const Perceptron& net, const PerceptronRows& rows, const float* after, const float* slope,
                         const float* at_out, const PerceptronGradient& gradient) {
    detail::run_on_cpu(Backward{net, rows, after, slope, at_out, gradient}, rows.count, 0, rows.count);
}

}  // namespace drift::kernels

#endif
