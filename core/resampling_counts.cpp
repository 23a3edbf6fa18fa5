#include "core/resampling_counts.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace drift {
namespace {

/// n W_i as a whole number of children that are certain and a fraction in [0, 1).
struct Shares {
    std::vector<int64_t> certain;
    std::vector<double> fraction;
    int64_t open = 0;  // children that no parent is certain of
};

Shares shares_of(const kernels::Resampling& resampling) {
    // Where n W_i is a whole number, rounding must not make it the whole number below.
    constexpr double slack = 1e-9;
    const double total = resampling.cumulative[resampling.parents - 1];
    Shares shares;
    shares.open = resampling.children;
    double before = 0;
    for (int64_t i = 0; i < resampling.parents; ++i) {
        const double expected = (resampling.cumulative[i] - before) / total * static_cast<double>(resampling.children);
        before = resampling.cumulative[i];
        const double whole = std::floor(expected + slack);
        shares.certain.push_back(static_cast<int64_t>(whole));
        shares.fraction.push_back(std::max(0.0, expected - whole));
        shares.open -= shares.certain.back();
    }
    return shares;
}

void write_ancestors(const kernels::Resampling& resampling, const std::vector<int64_t>& counts) {
    int32_t* out = resampling.ancestors;
    for (size_t i = 0; i < counts.size(); ++i) {
        out = std::fill_n(out, counts[i], static_cast<int32_t>(i));
    }
}

}  // namespace

void residual_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream) {
    Shares shares = shares_of(resampling);
    std::vector<double> running;
    double sum = 0;
    for (const double fraction : shares.fraction) {
        sum += fraction;
        running.push_back(sum);
    }
    for (int64_t child = 0; child < shares.open; ++child) {
        const double wanted = kernels::uniform(stream, static_cast<uint64_t>(child), 0) * sum;
        const auto found = std::upper_bound(running.begin(), running.end(), wanted);
        const auto last = static_cast<ptrdiff_t>(running.size()) - 1;
        ++shares.certain[static_cast<size_t>(std::min(found - running.begin(), last))];
    }
    write_ancestors(resampling, shares.certain);
}

void ssp_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream) {
    Shares shares = shares_of(resampling);
    size_t carrier = 0;  // whose fraction is still open
    double carried = shares.fraction[0];
    for (size_t other = 1; other < shares.fraction.size(); ++other) {
        const double fraction = shares.fraction[other];
        const double both = carried + fraction;
        const double u = kernels::uniform(stream, other, 0);
        if (both < 1) {  // one of the two gets all of it, the other is left with what is certain
            if (u * both >= carried) {
                carrier = other;
            }
            carried = both;
            continue;
        }
        // One of the two gets a child, and the rest goes on with the other.
        const bool carrier_first = u * (2 - both) < 1 - fraction;
        ++shares.certain[carrier_first ? carrier : other];
        --shares.open;
        carrier = carrier_first ? other : carrier;
        carried = both - 1;
    }
    // What is carried to the end is a whole number but for rounding.
    shares.certain[carrier] += shares.open;
    write_ancestors(resampling, shares.certain);
}

void killing_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream) {
    constexpr double slack = 1 + 1e-9;  // equal weights stay equal, whatever the differences of running sums say
    const double* cumulative = resampling.cumulative;
    const auto weight = [cumulative](int64_t i) { return i == 0 ? cumulative[0] : cumulative[i] - cumulative[i - 1]; };
    double largest = 0;
    for (int64_t i = 0; i < resampling.parents; ++i) {
        largest = std::max(largest, weight(i));
    }
    const double* end = cumulative + resampling.parents;
    const double total = *(end - 1);
    for (int64_t i = 0; i < resampling.children; ++i) {
        const auto particle = static_cast<uint64_t>(i);
        const double own = weight(i);
        int64_t parent = i;
        if (!(own > 0 && kernels::uniform(stream, particle, 0) * largest < own * slack)) {
            const double wanted = std::min(kernels::uniform(stream, particle, 1) * total, std::nextafter(total, 0.0));
            parent = std::upper_bound(cumulative, end, wanted) - cumulative;
        }
        resampling.ancestors[i] = static_cast<int32_t>(parent);
    }
}

}  // namespace drift
