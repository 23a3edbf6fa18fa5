#include "core/resampling_study.h"

#include "core/error.h"
#include "core/kernels/weights.h"
#include "core/resampling_counts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace drift {
namespace {

std::vector<double> running_sum(const std::vector<float>& weights) {
    std::vector<double> sums;
    double sum = 0;
    for (const float weight : weights) {
        sum += weight > 0 ? static_cast<double>(weight) : 0;  // NaN adds nothing
        sums.push_back(sum);
    }
    return sums;
}

/// n W_i of every parent.
std::vector<double> expected_counts(const std::vector<float>& weights, int64_t children) {
    const std::vector<double> sums = running_sum(weights);
    std::vector<double> expected;
    double before = 0;
    for (const double sum : sums) {
        expected.push_back((sum - before) / sums.back() * static_cast<double>(children));
        before = sum;
    }
    return expected;
}

/// What is left of n W_i when whole children have been given out. Rounding must not leave a whole one.
double fraction(double expected) {
    const double left = expected - std::floor(expected);
    return left > 1 - 1e-9 ? 0 : left;
}

double of_multinomial(const std::vector<double>& expected, double n) {
    double sum = 0;
    for (const double mean : expected) {
        sum += mean * (1 - mean / n);
    }
    return sum;
}

/// Multinomial with the fractions alone.
double of_residual(const std::vector<double>& expected, double) {
    double open = 0;
    for (const double mean : expected) {
        open += fraction(mean);
    }
    double sum = 0;
    for (const double mean : expected) {
        sum += open > 0.5 ? fraction(mean) * (1 - fraction(mean) / open) : 0;
    }
    return sum;
}

/// Child j falls into [j, j + 1) of the running sum of n W, so that only the strata at a parent's two ends are open.
double of_stratified(const std::vector<double>& expected, double) {
    const auto open = [](double share) { return share * (1 - share); };
    double sum = 0;
    double from = 0;
    for (const double mean : expected) {
        const double to = from + mean;
        if (std::floor(from) == std::floor(to)) {
            sum += open(mean);
        } else {
            sum += open(std::ceil(from) - from) + open(to - std::floor(to));
        }
        from = to;
    }
    return sum;
}

/// One child more, with the fraction as its probability.
double of_one_more(const std::vector<double>& expected, double) {
    double sum = 0;
    for (const double mean : expected) {
        sum += fraction(mean) * (1 - fraction(mean));
    }
    return sum;
}

/// Every place keeps its own parent i with probability p_i = W_i / max W, and else asks the weights. The places are
/// independent: N_i is a sum of events, at place j of probability (j = i) p_i + q_j W_i with q_j = 1 - p_j.
double of_killing(const std::vector<double>& expected, double n) {
    const double largest = *std::max_element(expected.begin(), expected.end());
    double open = 0;          // sum_j q_j
    double open_squared = 0;  // sum_j q_j^2
    for (const double mean : expected) {
        open += 1 - mean / largest;
        open_squared += (1 - mean / largest) * (1 - mean / largest);
    }
    double sum = 0;
    for (const double mean : expected) {
        const double weight = mean / n;
        const double q = 1 - mean / largest;
        const double own = 1 - q + q * weight;
        sum += own * (1 - own) + weight * (open - q) - weight * weight * (open_squared - q * q);
    }
    return sum;
}

struct Scheme {
    std::function<void(const kernels::Resampling&, const kernels::RandomStream&)> draw;  // pointers on the host
    double (*variance)(const std::vector<double>& expected, double children);
};

void draw_multinomial(const kernels::Resampling& resampling, const kernels::RandomStream& stream) {
    const int64_t places = resampling.children + 1;
    std::vector<double> positions(static_cast<size_t>(places));
    std::vector<double> scratch(static_cast<size_t>(kernels::weight_scratch_size(places)));
    kernels::multinomial_ancestors({}, resampling, stream, positions.data(), scratch.data());
}

void draw_stratified(const kernels::Resampling& resampling, const kernels::RandomStream& stream) {
    kernels::stratified_ancestors({}, resampling, stream);
}

void draw_systematic(const kernels::Resampling& resampling, const kernels::RandomStream& stream) {
    kernels::systematic_ancestors({}, resampling, kernels::uniform(stream, 0, 0));
}

Scheme scheme_of(const std::string& name) {
    if (name == "multinomial") {
        return {draw_multinomial, of_multinomial};
    }
    if (name == "residual") {
        return {residual_ancestors, of_residual};
    }
    if (name == "stratified") {
        return {draw_stratified, of_stratified};
    }
    if (name == "systematic") {
        return {draw_systematic, of_one_more};
    }
    if (name == "ssp") {
        return {ssp_ancestors, of_one_more};
    }
    if (name == "killing") {
        return {killing_ancestors, of_killing};
    }
    throw UserError("'" + name +
                    "' is no resampling scheme; there are multinomial, killing, residual, stratified, systematic "
                    "and ssp");
}

}  // namespace

const std::vector<std::string>& studied_schemes() {
    static const std::vector<std::string> names{"multinomial", "killing",    "residual",
                                                "stratified",  "systematic", "ssp"};
    return names;
}

bool fits(const std::string& scheme, int64_t parents, int64_t children) {
    return scheme != "killing" || parents == children;
}

std::vector<int32_t> drawn_counts(const std::string& scheme, const std::vector<float>& weights, int64_t children,
                                  uint64_t seed, int64_t step) {
    const std::vector<double> cumulative = running_sum(weights);
    std::vector<int32_t> ancestors(static_cast<size_t>(children));
    scheme_of(scheme).draw({static_cast<int64_t>(weights.size()), children, cumulative.data(), ancestors.data()},
                           {seed, kernels::Purpose::Resampling, static_cast<uint32_t>(step)});
    std::vector<int32_t> counts(weights.size(), 0);
    for (const int32_t parent : ancestors) {
        ++counts[static_cast<size_t>(parent)];
    }
    return counts;
}

double variance_of_counts(const std::string& scheme, const std::vector<float>& weights, int64_t children) {
    return scheme_of(scheme).variance(expected_counts(weights, children), static_cast<double>(children));
}

}  // namespace drift
