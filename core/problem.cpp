#include "core/problem.h"

namespace drift {
namespace {

/// Full covariances of all components are held at once: 400 MB of float64 is where that stops being sensible.
bool exact_is_affordable(const GaussianMixture& mixture) {
    const auto d = static_cast<double>(mixture.dimension());
    return static_cast<double>(mixture.components()) * d * d <= 5e7;
}

}  // namespace

Problem make_problem(const Choice& prior, const Choice& condition, const MakeContext& context) {
    Problem problem;
    problem.prior = make<Prior>(prior, context);
    problem.condition = make<Condition>(condition, *problem.prior, context);
    const GaussianMixture* mixture = problem.prior->mixture();
    if (mixture == nullptr || !exact_is_affordable(*mixture)) {
        return problem;
    }
    if (problem.condition->is_none()) {
        problem.exact = std::make_shared<const MixturePosterior>(MixturePosterior{*mixture, 0.0});
    } else if (problem.condition->linear() != nullptr) {
        problem.exact =
            std::make_shared<const MixturePosterior>(exact_posterior(*mixture, *problem.condition->linear()));
    }
    return problem;
}

}  // namespace drift
