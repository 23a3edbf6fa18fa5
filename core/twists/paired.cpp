// Guidance by one twist and weights by another: any proposal goes with any twisting function (guidance.md 1.6.8).

#include "core/twist.h"

namespace drift {
namespace {

/// psi = 1: guidance without a say in the weights.
class PullAlone final : public Twist {
public:
    explicit PullAlone(std::shared_ptr<const Twist> pull) : pull_(std::move(pull)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        pull_->evaluate(x, sigma, out);
        out.log_twist.zero_();
    }
    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        pull_->step_and_evaluate(move, sigma, out);
        out.log_twist.zero_();
    }
    bool has_pull() const override { return pull_->has_pull(); }
    int64_t calls(int64_t step) const override { return pull_->calls(step); }
    std::string warning() const override { return pull_->warning(); }
    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return pull_->pull_slope(sigma, j, gain);
    }

private:
    std::shared_ptr<const Twist> pull_;
};

/// A twist that weighs and does not guide.
class PsiAlone final : public Twist {
public:
    explicit PsiAlone(std::shared_ptr<const Twist> psi) : psi_(std::move(psi)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        psi_->evaluate(x, sigma, out);
    }
    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        psi_->step_and_evaluate(move, sigma, out);
    }
    bool step_evaluate_and_weigh(const ReverseMove& move, double sigma, Evaluation& out,
                                 const kernels::Weighing& weighing) const override {
        return psi_->step_evaluate_and_weigh(move, sigma, out, weighing);
    }
    bool has_pull() const override { return false; }
    bool has_density() const override { return psi_->has_density(); }
    int64_t calls(int64_t step) const override { return psi_->calls(step); }

private:
    std::shared_ptr<const Twist> psi_;
};

class Paired final : public Twist {
public:
    Paired(std::shared_ptr<const Twist> pull, std::shared_ptr<const Twist> psi)
        : pull_(std::move(pull)), psi_(std::move(psi)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        pull_->evaluate(x, sigma, out);
        weigh_by_psi(x, sigma, out);
    }
    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        pull_->step_and_evaluate(move, sigma, out);
        weigh_by_psi(move.next, sigma, out);
    }
    bool has_pull() const override { return pull_->has_pull(); }
    bool has_density() const override { return psi_->has_density(); }
    int64_t calls(int64_t step) const override { return pull_->calls(step) + psi_->calls(step); }
    std::string warning() const override { return pull_->warning(); }
    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return pull_->pull_slope(sigma, j, gain);
    }

private:
    /// Both denoise the same particles and may share that buffer.
    void weigh_by_psi(const torch::Tensor& x, double sigma, Evaluation& out) const {
        Evaluation weights{out.denoised, {}, out.log_twist, out.other_scratch, out.random, out.step, {}};
        psi_->evaluate(x, sigma, weights);
        out.other_scratch = weights.scratch;
    }

    std::shared_ptr<const Twist> pull_;
    std::shared_ptr<const Twist> psi_;
};

}  // namespace

std::shared_ptr<const Twist> paired_twist(const Problem& problem, std::shared_ptr<const Twist> pull,
                                          std::shared_ptr<const Twist> psi) {
    if (psi == nullptr) {
        return std::make_shared<const PullAlone>(pull != nullptr ? std::move(pull) : no_twist(problem));
    }
    if (pull == psi) {
        return pull;
    }
    if (pull == nullptr) {
        return std::make_shared<const PsiAlone>(std::move(psi));
    }
    return std::make_shared<const Paired>(std::move(pull), std::move(psi));
}

}  // namespace drift
