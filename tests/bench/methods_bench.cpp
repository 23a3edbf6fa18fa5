// Every closed-form method on the 25-mode grid beside its plain LibTorch expression: evaluations of the prior, summed
// over the particles, a second. `./dev bench methods [--particles N] [--methods NAMES] [--modes scattered]`.
// The methods are those of methods.h.
#include "bench/bench.h"
#include "bench/methods.h"
#include "bench/statistics.h"
#include "core/run.h"

#include <cstdio>
#include <string>
#include <vector>

namespace drift::bench {
namespace {

/// Evaluations of a whole run of the program, from the scenario to the clean samples.
double run(const Scenario& scenario) {
    RunOptions options;
    options.frames = false;
    Run run(scenario, options);
    double calls = 0;
    while (!run.finished()) {
        calls = static_cast<double>(run.advance()->numbers.denoiser_calls);
    }
    return calls;
}

/// Takes the modes off their columns and rows: a mixture that is no product.
void scatter(GridProblem& problem) {
    problem.mixture.means = (problem.mixture.means + .5 * test::numbers({25, 2}, 1)).contiguous();
    problem.mixture.lines.reset();
}

std::string text_of(const torch::Tensor& means) {
    std::string rows;
    for (int64_t j = 0; j < means.size(0); ++j) {
        rows += (j == 0 ? "[[" : ", [") + std::to_string(means[j][0].item<double>()) + ", " +
                std::to_string(means[j][1].item<double>()) + "]";
    }
    return rows + "]";
}

void speeds() {
    const torch::NoGradGuard no_gradients;
    GridProblem problem;
    const bool scattered = option("modes", "grid") == "scattered";
    if (scattered) {
        scatter(problem);
    }
    const int64_t n = number_option("particles", 100'000);
    std::printf("%lld particles, 25 modes%s, a line measurement; evaluations a second\n\n", static_cast<long long>(n),
                scattered ? " that are no grid" : "");
    std::printf(
        "| method | Driftscope | LibTorch with autograd | ratio | LibTorch, derivatives by hand | ratio |\n"
        "|---|---|---|---|---|---|\n");
    for (const Method& method : methods()) {
        if (!chosen(method.name, list_option("methods", ""))) {
            continue;
        }
        Scenario scenario = scenario_of(method, n);
        if (scattered) {
            set_value(scenario, "prior.means", text_of(problem.mixture.means));
        }
        double calls = 0;
        const double duration = seconds([&] { calls = run(scenario); }, 1);
        const double ours = calls / duration;
        std::printf("| %s | %s/s |", method.name, short_number(ours).c_str());
        for (const PlainJacobian jacobian : {PlainJacobian::Autograd, PlainJacobian::ByHand}) {
            if (jacobian == PlainJacobian::Autograd && !method.differentiates) {
                std::printf(" - | - |");
                continue;
            }
            double plain_calls = 0;
            const double plain = seconds([&] { plain_calls = method.plain(problem, n, jacobian).evaluations; }, 1);
            std::printf(" %s/s | %.0f |", short_number(plain_calls / plain).c_str(), ours / (plain_calls / plain));
        }
        std::printf("\n");
        std::fflush(stdout);
    }
}

const Table table("methods", speeds);

}  // namespace
}  // namespace drift::bench
