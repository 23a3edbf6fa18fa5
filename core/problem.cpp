#include "core/problem.h"

#include "core/tempered.h"

#include <cmath>

namespace drift {
namespace {

/// Full covariances of all components are held at once: 400 MB of float64 is where that stops being sensible.
bool exact_is_affordable(const GaussianMixture& mixture) {
    const auto d = static_cast<double>(mixture.dimension());
    return static_cast<double>(mixture.components()) * d * d <= 5e7;
}

/// The exact posterior, or null where rounding leaves none that could be sampled: nearly singular problems have an
/// answer, but not one that float64 finds in this way.
std::shared_ptr<const MixturePosterior> exact_or_null(const GaussianMixture& prior, const Condition& condition) {
    try {
        auto exact = condition.linear() != nullptr
                         ? std::make_shared<const MixturePosterior>(exact_posterior(prior, *condition.linear()))
                         : condition.exact(prior);
        if (exact == nullptr) {
            return nullptr;
        }
        const torch::Tensor failed = std::get<1>(at::linalg_cholesky_ex(exact->posterior.full_covariances()));
        return std::isfinite(exact->log_z) && failed.eq(0).all().item<bool>() ? exact : nullptr;
    } catch (const c10::Error&) {
        return nullptr;
    }
}

}  // namespace

Problem solved(Problem problem) {
    const GaussianMixture* mixture = problem.prior->mixture();
    problem.exact = nullptr;
    problem.exact_log_z.reset();
    if (mixture == nullptr || !exact_is_affordable(*mixture)) {
        return problem;
    }
    const std::shared_ptr<const Condition> target = tempered(problem.condition, problem.power);
    if (target->is_none()) {
        problem.exact = std::make_shared<const MixturePosterior>(MixturePosterior{*mixture, 0.0});
    } else {
        problem.exact = exact_or_null(*mixture, *target);
    }
    problem.exact_log_z = problem.exact != nullptr ? problem.exact->log_z : target->exact_log_z(*mixture);
    return problem;
}

Problem make_problem(const Choice& prior, const Choice& condition, const MakeContext& context, double power) {
    Problem problem;
    problem.power = power;
    problem.prior = make<Prior>(prior, context);
    problem.condition = make<Condition>(condition, *problem.prior, context);
    return solved(std::move(problem));
}

}  // namespace drift
