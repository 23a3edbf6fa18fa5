// A whole TDS run on the 25-mode grid: what the kernels alone make of it.
#include "bench/bench.h"
#include "bench/tds_speed.h"
#include "core/kernels/ancestors.h"
#include "core/kernels/linear_twist.h"
#include "core/kernels/mixture.h"
#include "core/kernels/normals.h"
#include "core/kernels/reverse_step.h"
#include "core/kernels/weights.h"

#include <cmath>
#include <cstdio>
#include <vector>

namespace drift::bench {
namespace {

/// The loop of plain_tds with the kernels and nothing around them.
class KernelTds {
public:
    KernelTds(const GridProblem& problem, int64_t n)
        : problem_(problem), n_(n), ancestors_(count(1)), scratch_(scratch_size(n)) {
        for (State* state : {&now_, &next_, &chosen_}) {
            state->x.resize(count(2));
            state->denoised.resize(count(2));
            state->pull.resize(count(2));
            state->log_psi.resize(count(1));
        }
        for (std::vector<double>* each : {&log_weights_, &cumulative_, &ratio_}) {
            each->resize(count(1));
        }
        jacobian_row_.resize(count(2));
    }

    double run(const std::vector<double>& sigma) {
        kernels::fill_normals({}, {1, kernels::Purpose::InitialNoise, 0}, n_, 2, now_.x.data());
        for (float& each : now_.x) {
            each *= static_cast<float>(sigma[0]);
        }
        evaluate(now_, sigma[0]);
        std::fill(log_weights_.begin(), log_weights_.end(), 0.);
        kernels::WeightSummary weights = weigh({log_weights_.data(), now_.log_psi.data(), nullptr, nullptr});
        double log_z = -std::log(static_cast<double>(n_));
        for (size_t k = 0; k + 1 < sigma.size(); ++k) {
            if (weights.ess < tds_threshold * static_cast<double>(n_)) {
                log_z += weights.log_sum - std::log(static_cast<double>(n_));
                resample(weights.log_sum, static_cast<uint32_t>(k));
            }
            const bool last = k + 2 == sigma.size();
            step(sigma[k], sigma[k + 1], static_cast<uint32_t>(k), last);
            evaluate(next_, sigma[k + 1]);
            weights =
                weigh({log_weights_.data(), next_.log_psi.data(), now_.log_psi.data(), last ? nullptr : ratio_.data()});
            std::swap(now_, next_);
        }
        return log_z + weights.log_sum;
    }

private:
    struct State {
        std::vector<float> x, denoised, pull;
        std::vector<double> log_psi;
    };

    size_t count(int64_t per_particle) const { return static_cast<size_t>(n_ * per_particle); }
    static size_t scratch_size(int64_t n) { return static_cast<size_t>(kernels::weight_scratch_size(n)); }

    void evaluate(State& state, double sigma) {
        const kernels::LinearObservation observation{1, 2, problem_.matrix.const_data_ptr<double>(),
                                                     problem_.observation.const_data_ptr<double>(),
                                                     problem_.noise_variance};
        const bool clean = sigma == 0;
        twist_coefficients_.resize(static_cast<size_t>(kernels::linear_twist_size(observation)));
        const auto twist = kernels::prepare_linear_twist(
            observation, clean ? kernels::ErrorModel::Point : kernels::ErrorModel::Tweedie, sigma, 0,
            twist_coefficients_.data());
        if (clean) {
            kernels::linear_gaussian_twist({}, twist, {n_, state.x.data(), nullptr, state.log_psi.data()});
            return;
        }
        const kernels::Mixture mixture = problem_.mixture.view();
        level_coefficients_.resize(static_cast<size_t>(kernels::mixture_level_size(mixture, 1)));
        const auto level = kernels::prepare_mixture_level(mixture, sigma, problem_.matrix.const_data_ptr<double>(), 1,
                                                          level_coefficients_.data());
        kernels::mixture_denoise({}, level, {n_, state.x.data(), state.denoised.data(), nullptr, jacobian_row_.data()});
        kernels::linear_gaussian_twist(
            {}, twist, {n_, state.denoised.data(), jacobian_row_.data(), state.log_psi.data(), state.pull.data()});
    }

    kernels::WeightSummary weigh(const kernels::WeightUpdate& update) {
        return kernels::update_log_weights({}, n_, update, log_weights_.data(), scratch_.data());
    }

    void resample(double log_sum, uint32_t k) {
        kernels::cumulative_weights({}, n_, log_weights_.data(), log_sum, cumulative_.data(), scratch_.data());
        kernels::systematic_ancestors({}, {n_, n_, cumulative_.data(), ancestors_.data()},
                                      kernels::uniform({1, kernels::Purpose::Resampling, k}, 0, 0));
        const int32_t* parents = ancestors_.data();
        kernels::gather_rows({}, n_, 2, parents, now_.x.data(), chosen_.x.data());
        kernels::gather_rows({}, n_, 2, parents, now_.denoised.data(), chosen_.denoised.data());
        kernels::gather_rows({}, n_, 2, parents, now_.pull.data(), chosen_.pull.data());
        kernels::gather_rows({}, n_, 1, parents, now_.log_psi.data(), chosen_.log_psi.data());
        std::swap(now_, chosen_);
        std::fill(log_weights_.begin(), log_weights_.end(), 0.);
    }

    void step(double sigma, double sigma_next, uint32_t k, bool last) {
        kernels::ReverseStep<float> step;
        step.n = n_;
        step.dims = 2;
        step.tau = last ? 0 : step_coefficients(sigma, sigma_next).tau;
        step.c = last ? 0 : step_coefficients(sigma, sigma_next).c;
        step.noise = {1, kernels::Purpose::Proposal, k};
        step.x = now_.x.data();
        step.denoised = now_.denoised.data();
        step.pull = last ? nullptr : now_.pull.data();
        step.next = next_.x.data();
        step.log_ratio = last ? nullptr : ratio_.data();
        kernels::reverse_step({}, step);
    }

    const GridProblem& problem_;
    int64_t n_;
    State now_, next_, chosen_;
    std::vector<float> jacobian_row_, level_coefficients_, twist_coefficients_;
    std::vector<double> log_weights_, cumulative_, ratio_;
    std::vector<int32_t> ancestors_;
    std::vector<double> scratch_;
};

void tds() {
    const torch::NoGradGuard no_gradients;
    const GridProblem problem;
    const std::vector<double> sigma = edm_schedule(20, .02, 100);
    for (const int64_t n : {1000, 100000, 1000000}) {
        double log_z = 0;
        KernelTds run(problem, n);
        const double count = 100 * static_cast<double>(n);
        const double ours = seconds([&] { log_z = run.run(sigma); }, 3);
        double log_z_plain = 0;
        const double plain = plain_tds_per_second(problem, n, log_z_plain);
        char remark[80];
        std::snprintf(remark, sizeof(remark), "log Z %.3f, LibTorch %.3f", log_z, log_z_plain);
        row("kernels alone, 100 steps, n = " + std::to_string(n), count / ours, plain, remark);
    }
}

const Section tds_section("TDS: particle-steps", tds);

}  // namespace
}  // namespace drift::bench
