// Search among next states instead of guidance. Candidates of a step are the same state under other noise, drawn and
// judged one after the other: whatever their number, three copies of the particles are held.

#include "core/twists/gradient_free.h"

#include <limits>

namespace drift {
namespace {

/// The noise of candidate m of step k is that of step k + m of this. A run has at most 100,000 steps, so no candidate
/// meets the noise of another step.
constexpr uint32_t steps_apart = 1 << 17;

class BestOfCandidates final : public Twist {
public:
    BestOfCandidates(const Problem& problem, const CandidateOptions& options)
        : prior_(problem.prior), condition_(problem.condition), options_(options) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        prior_->denoise_into(x, sigma, out.denoised);
        out.log_twist.copy_(condition_->log_likelihood(out.denoised));
    }

    void step_and_evaluate(const ReverseMove& move, double sigma, Evaluation& out) const override {
        if (!searched(out.step)) {
            Twist::step_and_evaluate(move, sigma, out);
            return;
        }
        const torch::Tensor x = copies(out.scratch, move.next).select(0, 0);
        torch::Tensor denoised = out.scratch.select(0, 1);
        const torch::Tensor best = out.scratch.select(0, 2);  // its D: the step may still read from out.denoised
        const torch::Tensor& next = move.next;
        ReverseMove candidate = move;
        candidate.next = x;
        candidate.not_finite = torch::Tensor{};
        for (int64_t m = 0; m < options_.candidates; ++m) {
            candidate.noise.step = move.noise.step + static_cast<uint32_t>(m) * steps_apart;
            take(candidate);
            prior_->denoise_into(x, sigma, denoised);
            const torch::Tensor value = judged(denoised);
            // The first one counts where none is better, also where none has a value.
            const torch::Tensor better = m == 0 ? torch::ones_like(value, torch::kBool) : value > out.log_twist;
            keep(better, x, next);
            keep(better, denoised, best);
            at::where_out(out.log_twist, better, value, out.log_twist);
        }
        out.denoised.copy_(best);
        if (move.not_finite.defined()) {
            torch::Tensor broken = move.not_finite;
            broken.add_(at::isfinite(next).logical_not_().flatten(1).any(1).sum());
        }
    }

    bool has_pull() const override { return false; }
    bool has_density() const override { return false; }
    int64_t calls(int64_t step) const override { return searched(step) ? options_.candidates : 1; }

private:
    /// Whether state `step` was chosen among candidates.
    bool searched(int64_t step) const { return options_.candidates > 1 && step > options_.first_step; }

    /// log p(y | D) [n], -infinity where there is none.
    torch::Tensor judged(const torch::Tensor& denoised) const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return at::nan_to_num(condition_->log_likelihood(denoised), -infinity, infinity, -infinity);
    }

    static void keep(const torch::Tensor& better, const torch::Tensor& from, const torch::Tensor& to) {
        torch::Tensor rows = to.flatten(1);
        at::where_out(rows, better.unsqueeze(1), from.flatten(1), rows);
    }

    /// Memory for three tensors like `particles`, kept in `memory`.
    static torch::Tensor& copies(torch::Tensor& memory, const torch::Tensor& particles) {
        std::vector<int64_t> shape = particles.sizes().vec();
        shape.insert(shape.begin(), 3);
        if (!memory.defined() || memory.sizes() != shape) {
            memory = torch::empty(shape, particles.options());
        }
        return memory;
    }

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    CandidateOptions options_;
};

}  // namespace

std::shared_ptr<const Twist> candidate_twist(const Problem& problem, const CandidateOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    return std::make_shared<const BestOfCandidates>(problem, options);
}

}  // namespace drift
