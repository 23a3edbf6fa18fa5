// Plug-and-play in noise space through a decoder, guidance.md 1.6.7. Plain: every step is one of DPS, with the gradient
// of log p(y | f(D)) through the decoder. ReSample (Song et al. 2024) adds hard consistency at every so-manieth step of
// the last two thirds: a sharpened z0 is moved
//
//     to x = f(z0), argmin_x -log p(y | x), and back by argmin_z |f(z) - x|^2   (data phase, the middle third)
//     argmin_z -log p(y | f(z))                                                 (latent phase, the last third)
//
// and noised again towards the unguided step z', both by their precisions (kappa = gamma tau_max^2 in EDM coordinates):
//
//     z <- (kappa z0 + sigma'^2 z') / (kappa + sigma'^2) + (1 / kappa + 1 / sigma'^2)^(-1/2) n
//
// There is no encoder here, hence the second argmin. Published runs take up to 2000 steps of 0.01 among the data and
// 500 of 0.005 in noise; the defaults are fewer and longer, as noise is N(0, I) here.

#include "core/descent.h"
#include "core/outsourced.h"
#include "core/samplers/guided_fields.h"

#include <cmath>

namespace drift {
namespace {

struct Params {
    std::string variant = "resample";
    Curve guidance = 0.5;
    Curve eta = 0;
    int64_t every = 10;
    double data_from = 0.33;
    double latent_from = 0.66;
    double trust = 40;
    int64_t sharpen_steps = 5;
    int64_t data_steps = 500;
    double data_rate = 1e-2;
    int64_t latent_steps = 100;
    double latent_rate = 0.02;
    double tolerance = 1e-3;
    bool finish = true;
};

const Fields<Params> step_fields{
    Field<Params>(
        "variant", &Params::variant, "variant",
        {"plain guides every step through the decoder; resample also fits the observation outright at some of "
         "the later steps.",
         "z' = DDIM(z) + zeta sigma^2 grad log p(y | f(D)) [, then hard consistency]",
         "resample fits closer and loses spread."})
        .one_of({"plain", "resample"}),
    guided::guidance_field<Params>(),
    guided::eta_field<Params>(0),
};

const Fields<Params> resample_fields{
    Field<Params>("every", &Params::every, "every",
                  {"Which of the later steps fit the observation outright.", "steps k that this divides",
                   "Less: more often, and slower."})
        .between(1, 1000)
        .live()
        .only_with("variant", {"resample"}),
    Field<Params>("data_from", &Params::data_from, "data phase from",
                  {"The share of the run after which fits in data space begin.", "k / K", "More: later."})
        .between(0, 1)
        .live()
        .only_with("variant", {"resample"}),
    Field<Params>("latent_from", &Params::latent_from, "noise phase from",
                  {"The share of the run after which the fits are made in noise space instead.", "k / K",
                   "More: longer in data space, where a fit may leave what the decoder can make."})
        .between(0, 1)
        .live()
        .only_with("variant", {"resample"}),
    Field<Params>("trust", &Params::trust, "trust in data step",
                  {"How much of the way to the fitted point is taken; 0 ignores it.",
                   "gamma in kappa = gamma sigma'^2 (1 - sigma'^2 / sigma^2)", "More: all the way there."})
        .between(0, 1e6, true)
        .live()
        .only_with("variant", {"resample"}),
    Field<Params>("finish", &Params::finish, "fit the end",
                  {"Whether the last z is fitted to the observation once more.", "argmin_z -log p(y | f(z))",
                   "The end fits closest, and clusters shrink to where it fits best."})
        .live()
        .only_with("variant", {"resample"}),
};

const Fields<Params> inner_fields{
    Field<Params>("sharpen_steps", &Params::sharpen_steps, "sharpening steps",
                  {"Steps of the deterministic flow that turn z into the z0 that is fitted.", "DDIM from sigma to 0",
                   "1 is the denoised prediction, more a sharper one."})
        .between(1, 1000)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
    Field<Params>(
        "data_steps", &Params::data_steps, "data steps",
        {"The most steps of Adam in data space.", "x <- x - rate Adam(-grad log p(y | x))", "More: a closer fit."})
        .between(1, 100'000, true)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
    Field<Params>("data_rate", &Params::data_rate, "data rate",
                  {"Length of such a step, in units of the data.", "rate", "More: faster and less stable."})
        .between(1e-6, 10, true)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
    Field<Params>("latent_steps", &Params::latent_steps, "noise steps",
                  {"The most steps of Adam in noise space, to fit the observation and to find the z of an x.",
                   "z <- z - rate Adam(grad)", "More: a closer fit, at a pass through the decoder each."})
        .between(1, 100'000, true)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
    Field<Params>("latent_rate", &Params::latent_rate, "noise rate",
                  {"Length of such a step, in units of the noise.", "rate", "More: faster and less stable."})
        .between(1e-6, 10, true)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
    Field<Params>("tolerance", &Params::tolerance, "tolerance",
                  {"When a fit rests: once a step changes its objective by less than the square of this.",
                   "in units of log p(y | x), or of V for |f(z) - x|^2", "More: sooner."})
        .between(1e-9, 1, true)
        .live()
        .only_with("variant", {"resample"})
        .advanced(),
};

Fields<Params> all_fields() {
    Fields<Params> all = step_fields;
    all.insert(all.end(), resample_fields.begin(), resample_fields.end());
    all.insert(all.end(), inner_fields.begin(), inner_fields.end());
    return all;
}

class LatentPnp final : public Sampler {
public:
    LatentPnp(Task task, Params params)
        : task_(std::move(task)),
          params_(std::move(params)),
          twist_(make_twist(task_.problem, {ErrorModel::Point, PullForm::Score, 0})),
          guided_(guided_diffusion(task_, twist_, {.eta = params_.eta, .guidance = params_.guidance})) {}

    Traits traits() const override { return guided_->traits(); }
    std::vector<std::string> warnings() const override { return guided_->warnings(); }
    int64_t steps() const override { return guided_->steps(); }
    void init(State& first, int64_t count, const Random& random) const override { guided_->init(first, count, random); }

    void step(const State& now, State& next, const Random& random) const override {
        guided_->step(now, next, random);
        if (params_.variant != "resample" || task_.problem.condition->is_none()) {
            return;
        }
        if (next.step == steps()) {
            if (params_.finish) {
                fit(next.x);
                next.at_x.denoised.copy_(next.x);
            }
        } else if (fits_after(now.step)) {
            torch::Tensor best = sharpened(now, next.numbers.denoiser_calls);
            if (at(now.step) < params_.latent_from) {
                fit_data(best);
            } else {
                fit(best);
            }
            noise_again(best, now, next, random);
        }
    }

private:
    double at(int64_t k) const { return static_cast<double>(k) / static_cast<double>(steps()); }
    bool fits_after(int64_t k) const {
        return k % params_.every == 0 && at(k) >= std::min(params_.data_from, params_.latent_from);
    }

    /// z0 by the deterministic flow, ever smaller steps down to 0.
    torch::Tensor sharpened(const State& now, int64_t& denoiser_calls) const {
        torch::Tensor z = now.x.clone();
        const auto level = [&](int64_t j) {
            const double left = 1 - static_cast<double>(j) / static_cast<double>(params_.sharpen_steps);
            return now.numbers.sigma * std::pow(left, 7);
        };
        for (int64_t j = 0; j < params_.sharpen_steps; ++j) {
            const torch::Tensor denoised = j == 0 ? now.at_x.denoised : task_.problem.prior->denoise(z, level(j));
            z = at::lerp(denoised, z, level(j + 1) / level(j));
        }
        denoiser_calls += z.size(0) * (params_.sharpen_steps - 1);
        return z;
    }

    DescentOptions options(int64_t most, double rate) const {
        return {most, rate, params_.tolerance * params_.tolerance};
    }

    /// z <- argmin_z -log p(y | f(z))
    void fit(torch::Tensor& z) const {
        descend([this](const torch::Tensor& at) { return misfit(*task_.problem.condition, at); },
                options(params_.latent_steps, params_.latent_rate), z);
    }

    /// The same in data space, and back: there is no encoder, so the z of the fitted x is searched from where it was.
    void fit_data(torch::Tensor& z) const {
        torch::Tensor x = task_.decoder->decode(z).clone();
        descend([this](const torch::Tensor& at) { return misfit(*task_.data_problem->condition, at); },
                options(params_.data_steps, params_.data_rate), x);
        const double scale = 1 / task_.data_problem->prior->data_variance();
        const auto distance = [&](const torch::Tensor& at) {
            const Decoded decoded = task_.decoder->linearise(at);
            const torch::Tensor apart = decoded.x - x;
            const torch::Tensor squares = apart.flatten(1).to(torch::kFloat64).square().sum(1);
            return std::pair(squares * scale, decoded.pullback(apart * (2 * scale)));
        };
        descend(distance, options(params_.latent_steps, params_.latent_rate), z);
    }

    static std::pair<torch::Tensor, torch::Tensor> misfit(const Condition& condition, const torch::Tensor& x) {
        const auto [log_likelihood, gradient] = condition.log_likelihood_and_gradient(x);
        return {-log_likelihood, -gradient.view_as(x)};
    }

    /// next.x from the fitted z0 and the step without guidance, and what is known there.
    void noise_again(const torch::Tensor& best, const State& now, State& next, const Random& random) const {
        const double sigma = now.numbers.sigma, sigma_next = now.numbers.sigma_next;
        const double c = keep_factor(sigma, sigma_next, next.numbers.tau);
        const torch::Tensor unguided = next.x - now.at_x.pull * ((1 - c) * now.shift_scale);
        const double kappa = params_.trust * std::pow(injected_noise(sigma, sigma_next, 1), 2);
        const double variance = sigma_next * sigma_next;
        const double share = kappa / (kappa + variance);
        random.fill_normals(next.x, kernels::Purpose::Move, next.step);
        next.x.mul_(std::sqrt(share * variance)).add_(at::lerp(unguided, best, share));
        twist_->evaluate(next.x, sigma_next, next.at_x);
        next.numbers.denoiser_calls += next.x.size(0) * twist_->calls(next.step);
    }

    Task task_;
    Params params_;
    std::shared_ptr<const Twist> twist_;
    std::shared_ptr<const Sampler> guided_;
};

ParamSet parameters() {
    ParamSet set = describe(all_fields());
    set.add(noise_space_only());
    return set;
}

const Registration<Sampler> registration{
    {"latent_pnp", "Latent plug-and-play",
     "Guides noise through its decoder and fits it to the observation outright on the way (ReSample).", parameters()},
    [](const ParamSet& set, Task task) -> std::shared_ptr<const Sampler> {
        if (task.decoder == nullptr) {
            throw UserError("'sampler.type' is latent_pnp, which works in noise space: set \"space\" to noise");
        }
        return std::make_shared<const LatentPnp>(std::move(task), typed(all_fields(), set));
    }};

}  // namespace
}  // namespace drift
