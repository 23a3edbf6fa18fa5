// Draws from the prior alone, judged by the likelihood L(x) = p(y | x): the plainest of all methods, which any other
// one has to beat. What is made of the draws of all rounds so far is one of
//
//     weights     w = L(x): importance sampling, with the draws of a single round
//     rejection   a draw is accepted with probability L(x) / M, and takes a place that is still free
//     resample    every particle is one of all draws, chosen with probability w / sum w: SIR (Rubin 1987)
//
// For all of them Z is the mean of w. M is the largest L so far. Where it rises, what was accepted before stays with
// probability M / M'; so it works for rewards without a bound, and is exact in the limit (Caffo, Booth, Davis 2002).

#include "core/chain_state.h"
#include "core/log_weights.h"
#include "core/publish.h"
#include "core/target.h"
#include "core/weigh.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

constexpr uint64_t round_key = 0x9e3779b97f4a7c15;  // rounds draw by seeds without a pattern in common

struct Params {
    std::string use = "weights";
    int64_t rounds = 20;
};

const Fields<Params> fields{
    Field<Params>("use", &Params::use, "use",
                  {"What is made of draws from the prior: weights keeps all of them, rejection those that a coin with "
                   "the likelihood lets through, resample (SIR) draws from them by their weights.",
                   "w = L(x); accepted with L(x) / max L; w / sum w",
                   "rejection gives independent samples of equal weight, and few; resample some of them twice."})
        .one_of({"weights", "rejection", "resample"}),
    Field<Params>(
        "rounds", &Params::rounds, "rounds",
        {"How often as many draws are made as there are particles. Rejection stops once all places are taken.",
         "at most n times rounds draws", "More: rarer observations are met, at so much more work."})
        .between(1, 10'000, true)
        .only_with("use", {"rejection", "resample"}),
};

double log_of_sum(double a, double b) {
    const double most = std::max(a, b);
    return std::isfinite(most) ? most + std::log(std::exp(a - most) + std::exp(b - most)) : most;
}

Pool with(const Pool& pool, const std::vector<double>& log_w) {
    const kernels::WeightSummary batch = summarised(log_w);
    Pool joined = pool;
    joined.draws += static_cast<int64_t>(log_w.size());
    if (batch.positive > 0) {
        joined.log_sum = log_of_sum(pool.log_sum, batch.log_sum);
        joined.log_squares = log_of_sum(pool.log_squares, 2 * batch.log_sum - std::log(batch.ess));
        joined.log_most = std::max(pool.log_most, batch.log_sum + std::log(batch.max_weight));
    }
    return joined;
}

/// Rows of `batch` into rows of `x`, one each.
void place(const torch::Tensor& batch, const std::vector<int64_t>& from, const std::vector<int64_t>& to,
           torch::Tensor& x) {
    const auto rows = [&x](const std::vector<int64_t>& of) { return torch::tensor(of, torch::kInt64).to(x.device()); };
    if (!to.empty()) {
        x.index_copy_(0, rows(to), batch.index_select(0, rows(from)));
    }
}

class Importance final : public Sampler {
public:
    Importance(Task task, Params params)
        : task_(std::move(task)), params_(std::move(params)), target_(data_target(task_.problem, task_.options, 1)) {}

    Traits traits() const override { return {.weighted = true, .open_ended = rejects()}; }
    int64_t steps() const override { return params_.use == "weights" ? 1 : params_.rounds; }

    void init(State& first, int64_t count, const Random& random) const override {
        allocate(first, count);
        first.step = 0;
        first.finished = false;
        first.log_z_base = 0;
        first.pool = {};
        first.warnings.clear();
        first.numbers = {};
        first.numbers.denoiser_calls = count * target_->draw_prior(first.x, random);
        set_equal_weights(first);
    }

    void step(const State& now, State& next, const Random& random) const override {
        const int64_t n = now.x.size(0);
        allocate(next, n);
        inherit(now, next);
        torch::Tensor batch = now.x;  // the start is the first round
        if (now.step > 0) {
            batch = torch::empty_like(now.x);
            const Random of_round{random.seed ^ (round_key * static_cast<uint64_t>(now.step))};
            next.numbers.denoiser_calls += n * target_->draw_prior(batch, of_round);
        }
        const torch::Tensor log_likelihood = task_.problem.condition->log_likelihood(batch);
        const std::vector<double> log_w = to_doubles(log_likelihood);
        next.pool = with(now.pool, log_w);
        next.x.copy_(now.x);
        set_equal_weights(next);
        if (params_.use == "weights") {
            next.log_weights.copy_(log_likelihood);
        } else if (rejects()) {
            reject(now, batch, log_w, random, next);
        } else {
            resample(batch, log_w, random, next);
        }
        conclude(next);
    }

private:
    bool rejects() const { return params_.use == "rejection"; }

    void allocate(State& state, int64_t n) const {
        std::vector<int64_t> shape = target_->shape();
        shape.insert(shape.begin(), n);
        if (state.x.defined() && state.x.sizes() == shape) {
            return;
        }
        const torch::TensorOptions doubles = task_.options.dtype(torch::kFloat64);
        state.x = torch::empty(shape, task_.options);
        state.log_weights = torch::zeros({n}, doubles);
        state.scratch.sums = torch::empty({kernels::weight_scratch_size(n + 1)}, doubles);
    }

    /// Weight 1 where a draw was accepted, else 0.
    static void reject(const State& now, const torch::Tensor& batch, const std::vector<double>& log_w,
                       const Random& random, State& next) {
        const double most = next.pool.log_most;
        if (!std::isfinite(most)) {
            return;
        }
        const kernels::RandomStream staying{random.seed, kernels::Purpose::Resampling, static_cast<uint32_t>(now.step)};
        const kernels::RandomStream coming{random.seed, kernels::Purpose::Acceptance, static_cast<uint32_t>(now.step)};
        const std::vector<double> before = to_doubles(now.log_weights);
        const double stays = std::exp(now.pool.log_most - most);  // 0 where nothing was accepted before
        std::vector<double> weights(log_w.size(), 0);
        std::vector<int64_t> free, from;
        for (size_t i = 0; i < log_w.size(); ++i) {
            if (!(std::isfinite(before[i]) && kernels::uniform(staying, i, 0) < stays)) {
                free.push_back(static_cast<int64_t>(i));
                weights[i] = -std::numeric_limits<double>::infinity();
            }
        }
        for (size_t i = 0; i < log_w.size() && from.size() < free.size(); ++i) {
            if (kernels::uniform(coming, i, 0) < std::exp(log_w[i] - most)) {
                weights[static_cast<size_t>(free[from.size()])] = 0;
                from.push_back(static_cast<int64_t>(i));
            }
        }
        free.resize(from.size());
        place(batch, from, free, next.x);
        next.log_weights.copy_(torch::tensor(weights, torch::kFloat64));
    }

    /// Every particle goes over to a draw of this round by its share of the weight so far: thus it is one of all draws
    /// by their weights after any number of rounds, and none of them has to be kept.
    static void resample(const torch::Tensor& batch, const std::vector<double>& log_w, const Random& random,
                         State& next) {
        const double log_sum = summarised(log_w).log_sum;
        if (!std::isfinite(log_sum)) {
            return;
        }
        const kernels::RandomStream stream{random.seed, kernels::Purpose::Resampling, static_cast<uint32_t>(next.step)};
        const double share = std::exp(log_sum - next.pool.log_sum);
        std::vector<int64_t> to;
        std::vector<double> at;
        for (size_t i = 0; i < log_w.size(); ++i) {
            if (kernels::uniform(stream, i, 0) < share) {
                to.push_back(static_cast<int64_t>(i));
                at.push_back(kernels::uniform(stream, i, 1));
            }
        }
        place(batch, drawn_rows(relative_weights(log_w), at), to, next.x);
    }

    void conclude(State& next) const {
        const Pool& pool = next.pool;
        const auto draws = static_cast<double>(pool.draws);
        const auto n = static_cast<double>(next.x.size(0));
        const bool met = std::isfinite(pool.log_most);
        if (met) {
            weigh(next, {.new_twist = next.log_weights.const_data_ptr<double>()}, "step " + std::to_string(next.step));
        }
        StepNumbers& numbers = next.numbers;
        const double ess = met ? std::exp(2 * pool.log_sum - pool.log_squares) : 0;
        const double relative_variance = std::max(0.0, 1 / ess - 1 / draws);
        numbers.log_z = pool.log_sum - std::log(draws);
        numbers.log_z_sd = std::sqrt(relative_variance);
        numbers.log_z_sd_is_lower_bound = relative_variance >= 0.3;
        if (params_.use == "resample") {
            numbers.ess = numbers.genealogical_ess = std::min(n, ess);
        }
        if (rejects()) {
            numbers.acceptance = met ? std::exp(pool.log_sum - pool.log_most) / draws : 0;
        }
        next.finished = next.step == steps() || (rejects() && met && numbers.ess >= n);
        if (next.finished) {
            judge(next, met);
        }
    }

    /// Throws where nothing came of it.
    void judge(State& last, bool met) const {
        const int64_t n = last.x.size(0);
        const std::string draws = std::to_string(last.pool.draws) + " draws from the prior";
        if (!met) {
            throw RunError("none of the " + draws + " explains the observation: the likelihood of all is zero");
        }
        const int64_t accepted = std::llround(last.numbers.ess);
        if (rejects() && accepted < std::min<int64_t>(n, 2)) {
            throw RunError("rejection accepted none of " + draws +
                           " but the best one, which it always accepts: the observation is too rare under the prior");
        }
        if (rejects() && accepted < n) {
            last.warnings.push_back("Rejection accepted " + std::to_string(accepted) + " of " + draws + ", for " +
                                    std::to_string(n) + " particles: the others have weight zero");
        }
    }

    Task task_;
    Params params_;
    std::shared_ptr<const Target> target_;
};

const Registration<Sampler> registration{
    {"importance", "Importance sampling",
     "Draws from the prior, weighted by the likelihood, accepted by it or drawn from by it: exact, and soon hopeless.",
     describe(fields), false},
    [](const ParamSet& set, Task task) {
        return std::make_shared<const Importance>(std::move(task), typed(fields, set));
    }};

}  // namespace
}  // namespace drift
