#include "core/lbfgs.h"

#include <deque>
#include <utility>

namespace drift {
namespace {

constexpr double sufficient_decrease = 1e-4;  // c1
constexpr double flat_enough = 0.9;           // c2, where rounding hides the decrease

/// Of a value, relative: where x is rounded, so is the value there.
double rounding(const torch::Tensor& x) {
    return x.scalar_type() == torch::kFloat64 ? 1e-16 : 1e-7;
}

/// a . b of every row, float64 [n, 1].
torch::Tensor dots(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kFloat64) * b.to(torch::kFloat64)).sum(1, true);
}

/// A step s, the change y of the gradient over it, and 1 / (s . y): 0 in rows that learn nothing from it.
struct Pair {
    torch::Tensor s, y, rho;
};

class Memory {
public:
    Memory(int64_t size, double first_length, const torch::Tensor& x)
        : size_(static_cast<size_t>(size)),
          scale_(torch::full({x.size(0), 1}, first_length, x.options().dtype(torch::kFloat64))) {}

    void learn(const torch::Tensor& s, const torch::Tensor& y) {
        const torch::Tensor along = dots(s, y);
        const torch::Tensor squared = dots(y, y);
        const torch::Tensor curved = along.gt(1e-10 * (dots(s, s) * squared).sqrt());
        const torch::Tensor none = torch::zeros_like(along);
        pairs_.push_back({s, y, at::where(curved, along.reciprocal(), none)});
        scale_ = at::where(curved, along / squared, scale_);
        if (pairs_.size() > size_) {
            pairs_.pop_front();
        }
    }

    /// -H g by the two loops.
    torch::Tensor direction(const torch::Tensor& gradient) const {
        torch::Tensor q = gradient.to(torch::kFloat64);
        std::vector<torch::Tensor> alphas;
        for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
            alphas.push_back(pair->rho * dots(pair->s, q));
            q = q - alphas.back() * pair->y;
        }
        q = q * scale_;
        auto alpha = alphas.rbegin();
        for (const Pair& pair : pairs_) {
            q = q + (*alpha++ - pair.rho * dots(pair.y, q)) * pair.s;
        }
        return -q;
    }

private:
    size_t size_;
    torch::Tensor scale_;  // [n, 1], of the first guess H_0
    std::deque<Pair> pairs_;
};

/// Where the rows are, with what is known there.
struct Place {
    torch::Tensor x;
    RowValues at_x;
};

/// `tried` in the rows that `taken` [n] names, `now` in the others.
Place merged(const torch::Tensor& taken, const Place& tried, const Place& now) {
    const torch::Tensor rows = taken.unsqueeze(1);
    return {
        at::where(rows, tried.x, now.x),
        {at::where(taken, tried.at_x.value, now.at_x.value), at::where(rows, tried.at_x.gradient, now.at_x.gradient)}};
}

/// Down along `p`, halving the step of every row until it leads far enough; rows that never do stay.
Place line_search(const RowFunction& f, const Place& now, const torch::Tensor& p, int64_t halvings) {
    const torch::Tensor slope = dots(now.at_x.gradient, p).squeeze(1);
    const torch::Tensor unsure = now.at_x.value.abs() * rounding(now.x);
    torch::Tensor length = torch::ones_like(slope);
    torch::Tensor open = slope.lt(-unsure);  // else nothing is left to be gained
    Place best = now;
    for (int64_t i = 0; i <= halvings && open.any().item<bool>(); ++i) {
        Place tried;
        tried.x = (now.x.to(torch::kFloat64) + length.unsqueeze(1) * p).to(now.x.scalar_type());
        tried.at_x = f(tried.x);
        const torch::Tensor decrease = tried.at_x.value - now.at_x.value;
        const torch::Tensor down = decrease.le(sufficient_decrease * length * slope);
        const torch::Tensor level =
            decrease.le(10 * unsure)
                .logical_and(dots(tried.at_x.gradient, p).squeeze(1).abs().le(-flat_enough * slope));
        const torch::Tensor taken = open.logical_and(down.logical_or(level));
        best = merged(taken, tried, best);
        open = open.logical_and(taken.logical_not());
        length = length * at::where(open, 0.5, 1.0);
    }
    return best;
}

}  // namespace

torch::Tensor minimise_rows(const RowFunction& f, const torch::Tensor& start, const LbfgsOptions& options) {
    Place now{start, f(start)};
    Memory memory(options.history, options.first_length, start);
    for (int64_t i = 0; i < options.steps; ++i) {
        const Place next = line_search(f, now, memory.direction(now.at_x.gradient), options.halvings);
        memory.learn((next.x - now.x).to(torch::kFloat64),
                     (next.at_x.gradient - now.at_x.gradient).to(torch::kFloat64));
        now = next;
    }
    return now.x;
}

}  // namespace drift
