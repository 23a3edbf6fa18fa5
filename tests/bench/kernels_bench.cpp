// The kernels one by one.
#include "bench/bench.h"
#include "bench/grid_problem.h"
#include "core/kernels/ancestors.h"
#include "core/kernels/mixture.h"
#include "core/kernels/normals.h"
#include "core/kernels/weights.h"

#include <vector>

namespace drift::bench {
namespace {

constexpr double sigma = 1.5;

std::string megabytes(double ours, double plain) {
    return "memory +" + std::to_string(static_cast<int>(ours / 1e6)) + " MB, LibTorch +" +
           std::to_string(static_cast<int>(plain / 1e6)) + " MB";
}

template <class T>
void mixture_rows(const GridProblem& problem, int64_t n, const std::string& type_name) {
    const auto type = torch::CppTypeToScalarType<T>::value;
    const kernels::Mixture view = problem.mixture.view();
    std::vector<T> coefficients(static_cast<size_t>(kernels::mixture_level_size(view, 1)));
    const kernels::MixtureLevel<T> level =
        kernels::prepare_mixture_level(view, sigma, problem.matrix.const_data_ptr<double>(), 1, coefficients.data());
    const torch::Tensor x = (8 * test::numbers({n, 2}, 5)).to(type);
    const torch::Tensor w = torch::ones_like(x);
    const torch::Tensor denoised = torch::zeros_like(x);
    const torch::Tensor product = torch::zeros_like(x);
    const PlainGrid plain(problem, type);
    const double count = static_cast<double>(n);
    const std::string what = ", n = " + std::to_string(n) + ", " + type_name;
    kernels::MixtureTask<T> task;
    task.n = n;
    task.x = x.const_data_ptr<T>();
    task.denoised = denoised.mutable_data_ptr<T>();
    const auto fused = [&] { kernels::mixture_denoise({}, level, task); };
    const auto compare = [&](const std::string& name, const std::function<void()>& expression) {
        const double ours = count / seconds(fused, .3);
        const double theirs = count / seconds(expression, .3);
        row(name + what, ours, theirs, megabytes(peak_memory(fused), peak_memory(expression)));
    };
    compare("mixture denoiser", [&] { plain.denoise(x, sigma); });
    task.jacobian_directions = product.mutable_data_ptr<T>();
    compare("mixture denoiser with J A^T", [&] { plain.denoise_with_row(x, sigma); });
    task.jacobian_directions = nullptr;
    task.vectors = w.const_data_ptr<T>();
    task.jacobian_vectors = product.mutable_data_ptr<T>();
    compare("mixture denoiser with J w", [&] { plain.denoise_with_vector(x, sigma, w); });
}

void mixture() {
    const torch::NoGradGuard no_gradients;
    const GridProblem problem;
    for (const int64_t n : {1000, 100000, 1000000}) {
        mixture_rows<float>(problem, n, "float32");
    }
    mixture_rows<double>(problem, 100000, "float64");
}

void noise() {
    for (const int64_t dims : {2, 784}) {
        const int64_t n = 2000000 / dims;
        const double count = static_cast<double>(n * dims);
        const torch::Tensor z = torch::empty({n, dims});
        const double ours = seconds([&] {
            kernels::fill_normals({}, {1, kernels::Purpose::Proposal, 3}, n, dims, z.mutable_data_ptr<float>());
        });
        const double plain = seconds([&] { z.normal_(); });
        row("normal numbers, rows of " + std::to_string(dims) + ", float32", count / ours, count / plain);
    }
}

void resampling() {
    const int64_t n = 1000000;
    const torch::Tensor log_weights = test::numbers({n}, 7) * 3;
    const torch::Tensor cumulative = torch::empty_like(log_weights);
    const torch::Tensor ancestors = torch::empty({n}, torch::kInt32);
    std::vector<double> scratch(static_cast<size_t>(kernels::weight_scratch_size(n + 1)));
    std::vector<double> positions(static_cast<size_t>(n + 1));
    const double* lw = log_weights.const_data_ptr<double>();
    auto* sums = cumulative.mutable_data_ptr<double>();
    const kernels::Resampling task{n, n, sums, ancestors.mutable_data_ptr<int32_t>()};
    const double count = static_cast<double>(n);
    kernels::WeightSummary summary;
    const double weigh = seconds([&] { summary = kernels::summarise_weights({}, n, lw, scratch.data()); });
    const double weigh_plain = seconds([&] {
        const torch::Tensor normalised = log_weights - log_weights.logsumexp(0);
        normalised.exp().square().sum().item<double>();
    });
    row("log sum, ESS, perplexity, n = 1000000", count / weigh, count / weigh_plain, "LibTorch: log sum and ESS only");
    const double ours = seconds([&] {
        kernels::cumulative_weights({}, n, lw, summary.log_sum, sums, scratch.data());
        kernels::systematic_ancestors({}, task, .3);
    });
    const torch::Tensor position = (torch::arange(n, torch::kFloat64) + .3) / count;
    const double plain =
        seconds([&] { torch::searchsorted((log_weights - summary.log_sum).exp().cumsum(0), position); });
    row("systematic ancestors from log weights, n = 1000000", count / ours, count / plain);
    const double multinomial = seconds([&] {
        kernels::cumulative_weights({}, n, lw, summary.log_sum, sums, scratch.data());
        kernels::multinomial_ancestors({}, task, {1, kernels::Purpose::Resampling, 0}, positions.data(),
                                       scratch.data());
    });
    const double multinomial_plain = seconds([&] {
        torch::searchsorted((log_weights - summary.log_sum).exp().cumsum(0), torch::rand({n}, torch::kFloat64));
    });
    row("multinomial ancestors from log weights, n = 1000000", count / multinomial, count / multinomial_plain);
    const torch::Tensor x = torch::rand({n, 2});
    const torch::Tensor gathered = torch::empty_like(x);
    const double gather = seconds([&] {
        kernels::gather_rows({}, n, 2, ancestors.const_data_ptr<int32_t>(), x.const_data_ptr<float>(),
                             gathered.mutable_data_ptr<float>());
    });
    const double gather_plain = seconds([&] { x.index_select(0, ancestors); });
    row("gathering rows of 2, n = 1000000", count / gather, count / gather_plain);
}

const Section mixture_section("Gaussian mixture: 25 modes, 2 dimensions, one variance", mixture);
const Section noise_section("Noise", noise);
const Section resampling_section("Weights and resampling", resampling);

}  // namespace
}  // namespace drift::bench
