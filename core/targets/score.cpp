// A trained prior has a score and no density. Its draws, which chains start from, are those of plain reverse diffusion.

#include "core/reverse_move.h"
#include "core/schedule.h"
#include "core/targets/data_targets.h"

#include <cmath>

namespace drift {
namespace {

constexpr int64_t draw_steps = 40;

class ScoreTarget final : public Target {
public:
    ScoreTarget(const Problem& problem, const torch::TensorOptions& options, double score_noise)
        : problem_(problem),
          likelihood_(problem.condition, options),
          sigma_(score_noise * std::sqrt(problem.prior->data_variance())) {
        TORCH_CHECK(sigma_ > 0, "a score needs noise");
        Choice levels = default_choice(Kind::Schedule, "edm");
        levels.params.set("steps", draw_steps);
        schedule_ = make_schedule(levels);
    }

    std::vector<int64_t> shape() const override { return problem_.prior->sample_shape(); }
    bool has_density() const override { return false; }

    int64_t draw_prior(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
        x.mul_(schedule_.at(0));
        torch::Tensor denoised = torch::empty_like(x);
        torch::Tensor next = torch::empty_like(x);
        for (int64_t k = 0; k < schedule_.steps(); ++k) {
            problem_.prior->denoise_into(x, schedule_.at(k), denoised);
            ReverseMove move;
            move.tau = injected_noise(schedule_.at(k), schedule_.at(k + 1), 1);
            move.c = keep_factor(schedule_.at(k), schedule_.at(k + 1), move.tau);
            move.noise = {random.seed, kernels::Purpose::Proposal, static_cast<uint32_t>(k)};
            move.x = x;
            move.denoised = denoised;
            move.next = next;
            take(move);
            x.copy_(next);
        }
        return schedule_.steps();
    }

    void evaluate(Cloud& cloud) const override {
        problem_.prior->denoise_into(cloud.x, sigma_, cloud.prior_gradient);
        cloud.prior_gradient.sub_(cloud.x).div_(sigma_ * sigma_);
        likelihood_.evaluate(cloud);
    }

private:
    Problem problem_;
    Likelihood likelihood_;
    double sigma_;
    Schedule schedule_;
};

}  // namespace

std::shared_ptr<const Target> score_target(const Problem& problem, const torch::TensorOptions& options,
                                           double score_noise) {
    return std::make_shared<const ScoreTarget>(problem, options, score_noise);
}

}  // namespace drift
