// Several conditions at once: log r = sum_i weight_i log r_i. Linear measurements with Gaussian noise are stacked into
// one, with its exact posterior.

#include "core/conditions/linear_condition.h"
#include "core/conditions/weighted_terms.h"
#include "core/terms.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

/// A stacked matrix of more numbers than this is not formed: the terms are summed one by one instead.
constexpr int64_t most_stacked = 1 << 22;
/// Likewise where rows would have to be scaled by more than this, or less than its inverse: float32 has its limits.
constexpr double most_scaled = 1e3;

/// Covariances of more dimensions are not inverted for a check.
constexpr int64_t most_checked = 128;

struct Params {
    Terms terms;
};

const Fields<Params> fields{
    Field<Params>("terms", &Params::terms, "conditions",
                  {"The conditions that hold at once, each with its weight.", "log r = sum_i weight_i log r_i",
                   "A larger weight: that one counts as if it had been observed more than once."}),
};

struct Part {
    std::shared_ptr<const Condition> condition;
    double weight = 1;
};

class Sum final : public Condition, public WeightedTerms {
public:
    explicit Sum(std::vector<Part> parts) : parts_(std::move(parts)) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        torch::Tensor sum = torch::zeros({clean.size(0)}, clean.options().dtype(torch::kFloat64));
        for (const Part& part : parts_) {
            sum.add_(part.condition->log_likelihood(clean), part.weight);
        }
        return sum;
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        torch::Tensor sum = torch::zeros_like(clean);
        for (const Part& part : parts_) {
            sum.add_(part.condition->gradient(clean), part.weight);
        }
        return sum;
    }
    bool is_none() const override { return parts_.empty(); }
    double least_weight() const override {
        double least = 0;
        for (const Part& part : parts_) {
            least = std::min(least, part.weight);
        }
        return least;
    }
    bool is_flat() const override {
        return !parts_.empty() &&
               std::ranges::all_of(parts_, [](const Part& part) { return part.condition->is_flat(); });
    }
    std::string warning() const override {
        std::string all = parts_.empty() ? "The sum has no conditions: samples are those of the prior" : "";
        for (const Part& part : parts_) {
            const std::string one = part.condition->warning();
            all += (all.empty() || one.empty() ? "" : "; ") + one;
        }
        return all;
    }
    torch::Tensor measurement_picture() const override { return first(&Condition::measurement_picture); }
    torch::Tensor true_picture() const override { return first(&Condition::true_picture); }

private:
    torch::Tensor first(torch::Tensor (Condition::*picture)() const) const {
        for (const Part& part : parts_) {
            if (torch::Tensor found = (*part.condition.*picture)(); found.defined()) {
                return found;
            }
        }
        return {};
    }

    std::vector<Part> parts_;
};

/// The one measurement that says what all of `parts` say, or null. Term i counts as noise sigma_i / sqrt(weight_i); the
/// rows are scaled to a common noise s, chosen so that the normalising constant is that of the sum:
/// M log(2 pi s^2) = sum_i weight_i m_i log(2 pi sigma_i^2).
std::shared_ptr<const Condition> stacked(const std::vector<Part>& parts) {
    int64_t rows = 0;
    double logs = 0;
    for (const Part& part : parts) {
        const LinearGaussian* linear = part.condition->linear();
        if (linear == nullptr || part.weight <= 0) {
            return nullptr;
        }
        const int64_t m = linear->A->output_size();
        rows += m;
        logs += part.weight * static_cast<double>(m) * std::log(2 * M_PI * linear->noise * linear->noise);
        if (rows * linear->A->input_size() > most_stacked) {
            return nullptr;
        }
    }
    if (parts.empty()) {
        return nullptr;
    }
    const double noise = std::exp(0.5 * (logs / static_cast<double>(rows) - std::log(2 * M_PI)));
    std::vector<torch::Tensor> matrices, observations;
    for (const Part& part : parts) {
        const LinearGaussian& linear = *part.condition->linear();
        const double scale = noise * std::sqrt(part.weight) / linear.noise;
        if (!(scale >= 1 / most_scaled && scale <= most_scaled)) {
            return nullptr;
        }
        matrices.push_back(linear.A->matrix() * scale);
        observations.push_back(linear.y.to(torch::kCPU, torch::kFloat64) * scale);
    }
    const torch::TensorOptions options = parts.front().condition->linear()->y.options();
    const Sum pictures(parts);
    return linear_condition({dense_operator(at::cat(matrices))->to(options), at::cat(observations).to(options), noise},
                            pictures.measurement_picture(), pictures.true_picture());
}

/// The conditions, each with random numbers of its own where it draws.
std::vector<Part> parts_of(const Params& params, const Prior& prior, const MakeContext& context) {
    std::vector<Part> parts;
    for (const Term& term : list_of(params.terms)) {
        MakeContext own = context;
        own.seed += parts.size() * 0x9E3779B97F4A7C15ULL;
        try {
            parts.push_back({make<Condition>(term.condition, prior, own), term.weight});
        } catch (const UserError& error) {
            throw UserError("'condition.terms[" + std::to_string(parts.size()) + "]': " + error.what());
        }
    }
    return parts;
}

/// With linear measurements that are taken away the posterior of a mixture may have no integral: where for a component
/// Sigma^-1 + sum_i weight_i A_i^T A_i / sigma_i^2 is not positive definite.
void check_integral(const std::vector<Part>& parts, const Prior& prior) {
    const GaussianMixture* mixture = prior.mixture();
    const auto is_linear = [](const Part& part) { return part.condition->linear() != nullptr; };
    if (mixture == nullptr || mixture->dimension() > most_checked || !std::ranges::all_of(parts, is_linear) ||
        Sum(parts).least_weight() >= 0) {
        return;
    }
    torch::Tensor precision = at::linalg_inv(mixture->full_covariances());  // [J, d, d]
    for (const Part& part : parts) {
        const LinearGaussian& linear = *part.condition->linear();
        const torch::Tensor a = linear.A->matrix();
        precision = precision + a.t().matmul(a) * (part.weight / (linear.noise * linear.noise));
    }
    if (at::linalg_eigvalsh(precision).min().item<double>() <= 0) {
        throw UserError(
            "'condition.terms' has a negative weight that outweighs the prior: there is no posterior, its integral is "
            "infinite");
    }
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    std::vector<Part> parts = parts_of(params, prior, context);
    check_integral(parts, prior);
    if (auto one = stacked(parts)) {
        return one;
    }
    return std::make_shared<const Sum>(std::move(parts));
}

const Registration<Condition> registration{
    {"sum", "Several at once", "Several conditions that hold at once, each with a weight.", describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
