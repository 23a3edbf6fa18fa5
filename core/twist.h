// What guidance knows about every particle at one noise level: the denoised prediction, a stand-in psi for the
// likelihood p(y | x_sigma), and the direction in which it grows. All guidance is D + zeta * pull (guidance.md 1.5);
// all twisting functions are log_twist (1.6.8). One implementation per file in core/twists/.
#pragma once

#include "core/kernels/weights.h"
#include "core/problem.h"
#include "core/random.h"
#include "core/reverse_move.h"
#include "core/torch.h"

#include <memory>
#include <optional>
#include <string>

namespace drift {

/// Covariance S of y given x_sigma that a method assumes (guidance.md 1.5).
enum class ErrorModel {
    Point,    // S = sigma_y^2 I
    Pigdm,    // S = sigma_y^2 I + r^2 A A^T, r^2 = sigma^2 V / (V + sigma^2)
    Tweedie,  // S = sigma_y^2 I + A C A^T, C = Cov[x0 | x_sigma]
};

/// What `pull` holds.
enum class PullForm {
    Score,         // sigma^2 J A^T S^{-1} e = sigma^2 grad log psi: added to D
    Residual,      // J A^T e: added to the state after the step (guidance.md T6)
    UnitResidual,  // J A^T e / |e|, e the particle's own residual: likewise (guidance.md 1.5, norm form)
};

struct TwistOptions {
    ErrorModel model = ErrorModel::Point;
    PullForm form = PullForm::Score;
    double spread = 0;         // V; 0 asks for the prior's own
    int64_t solver_steps = 5;  // conjugate gradients, for Tweedie of more than 16 values
};

/// Buffers that belong to a state: allocated once, overwritten by every evaluation.
struct Evaluation {
    torch::Tensor denoised;         // [n, ...] D(x, sigma)
    torch::Tensor pull;             // [n, ...], undefined where nobody wants it
    torch::Tensor log_twist;        // [n] float64 log psi, with its normalising constant
    torch::Tensor scratch;          // of the twist that fills it
    Random random{};                // for twists that draw: the numbers of state `step`
    int64_t step = 0;               // likewise
    torch::Tensor other_scratch{};  // of a second twist that is asked for log psi alone
};

class Twist {
public:
    virtual ~Twist() = default;
    /// Fills `out` for particles x [n, ...] at noise sigma > 0. Immutable and deterministic.
    virtual void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const = 0;
    /// Takes the step and evaluates where it leads. The step may read from `out`, which is overwritten after that.
    virtual void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const {
        take(move);
        evaluate(move.next, sigma, out);
    }
    /// The same with the weights that follow updated along the way, where that is faster; false where it was not done.
    virtual bool step_evaluate_and_weigh(const ReverseMove& move, double sigma, Evaluation& out,
                                         const kernels::Weighing& /*weighing*/) const {
        step_and_evaluate(move, sigma, out);
        return false;
    }
    virtual bool has_pull() const { return true; }
    /// Whether log_twist is a density in x, as weights need it; else nobody reads it, and it may be left as it is.
    virtual bool has_density() const { return true; }
    /// Denoiser calls per particle that the evaluation of state `step` costs.
    virtual int64_t calls(int64_t /*step*/) const { return 1; }
    /// Something the user should know of it on this problem; empty otherwise.
    virtual std::string warning() const { return {}; }
    /// How fast the pull falls off, -d pull / dx, along a direction that A measures with A A^T = gain and that D
    /// follows by J = j. Nothing for twists whose pull is no such line.
    virtual std::optional<double> pull_slope(double /*sigma*/, double /*j*/, double /*gain*/) const {
        return std::nullopt;
    }
};

/// What is to be said of guidance that follows the gradient of this condition; empty where nothing is.
std::string warning_of_flatness(const Condition& condition);

/// Throws UserError where prior, condition and error model do not go together.
std::shared_ptr<const Twist> make_twist(const Problem& problem, const TwistOptions& options);

/// True where 'tweedie' has a closed form, which costs no backward pass: a mixture prior under a linear measurement of
/// at most 16 values.
bool closed_form_twist(const Problem& problem);

/// Only denoises: there is no pull, and psi is 1.
std::shared_ptr<const Twist> no_twist(const Problem& problem);

/// The twists that make_twist chooses between.
std::shared_ptr<const Twist> linear_twist(const Problem& problem, const TwistOptions& options);
std::shared_ptr<const Twist> mixture_twist(const Problem& problem, const TwistOptions& options);
std::shared_ptr<const Twist> reward_twist(const Problem& problem, const TwistOptions& options);
std::shared_ptr<const Twist> tweedie_twist(const Problem& problem, const TwistOptions& options);
std::shared_ptr<const Twist> tweedie_by_products(const Problem& problem, const TwistOptions& options);

/// The pull of one twist and log psi of another. Either may be null, and then there is no pull, or psi = 1.
std::shared_ptr<const Twist> paired_twist(const Problem& problem, std::shared_ptr<const Twist> pull,
                                          std::shared_ptr<const Twist> psi);

/// psi = p(y | x_sigma) itself, where the exact posterior is a mixture in closed form (guidance.md O3): pull is the
/// difference between its denoiser and the prior's. Throws UserError elsewhere.
std::shared_ptr<const Twist> exact_twist(const Problem& problem);

/// psi = mean_s p(y | D + r n_s) over `draws` draws, r^2 = sigma^2 V / (V + sigma^2); `spread` V, 0 asks for the
/// prior's own. Any condition with a gradient. guidance.md 1.8.
std::shared_ptr<const Twist> monte_carlo_twist(const Problem& problem, int64_t draws, double spread);

/// What searches for the point of a proximal step where there is no closed form.
enum class InnerSolver { Adam, Lbfgs };

/// How a proximal step comes to its point near D. guidance.md 1.6.3.
struct ProximalOptions {
    double lambda = 0;         // r^2 = sigma^2 / lambda; 0 asks for r^2 = sigma^2 V / (V + sigma^2) instead
    double spread = 0;         // V; 0 asks for the prior's own
    bool draw = false;         // a draw from exp(-f) in place of argmin f
    int64_t inner_steps = 20;  // where there is no closed form
    double inner_rate = 0.1;   // of a step there: of r for Adam, of r^2 for Langevin
    InnerSolver solver = InnerSolver::Adam;
};

/// D + pull = argmin_x f(x), f(x) = |x - D|^2 / (2 r^2) - log p(y | x), or a draw from exp(-f): in closed form for a
/// linear measurement where the noise allows, else by Adam or L-BFGS, or by Langevin steps. No derivative of the
/// denoiser is taken, and there is no density.
std::shared_ptr<const Twist> proximal_twist(const Problem& problem, const ProximalOptions& options);

/// pull = A^+ (y - A D): D projected onto what was measured (DDNM). Throws UserError where there is no linear
/// measurement.
std::shared_ptr<const Twist> projection_twist(const Problem& problem);

/// r^2 = sigma^2 V / (V + sigma^2), the spread of x0 given x_sigma under a Gaussian prior of variance V.
double denoised_variance(double sigma, double spread);

}  // namespace drift
