// How well methods restore real pictures: half of a Fashion-MNIST picture, and a picture at a quarter of its
// resolution, under the shipped diffusion prior. `./dev bench pictures [--images 20] [--particles 64] [--steps 50]
// [--methods NAMES]
// [--problems half,quarter]`. A method is one line of `methods`. All numbers are means over the pictures; particles
// count by their weight.
#include "bench/bench.h"
#include "bench/statistics.h"
#include "core/error.h"
#include "core/nets/classifier.h"
#include "core/nets/frechet.h"
#include "core/nets/trained.h"
#include "core/run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace drift::bench {
namespace {

struct Method {
    const char* name;
    const char* sampler;
    std::vector<std::pair<const char*, const char*>> settings = {};
};

const std::vector<Method>& methods() {
    static const std::vector<Method> all = {
        {"dps", "dps", {{"error_model", "point"}}},
        {"pigdm", "pigdm"},
        {"pnp-argmin", "pnp", {{"point", "argmin"}, {"re_noising", "balance"}, {"proximal_variance", "lambda"}}},
        {"pnp-draw",
         "pnp",
         {{"point", "draw"}, {"re_noising", "balance"}, {"noise_balance", "1"}, {"proximal_variance", "prior"}}},
        {"tds", "tds", {{"twist", "pigdm"}}},
        {"fk", "fk_steering", {{"potential", "difference"}}},
    };
    return all;
}

Scenario scenario_of(const std::string& problem, const Method& method, int64_t image) {
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, "diffusion");
    scenario.condition = default_choice(Kind::Condition, problem == "half" ? "inpainting" : "super_resolution");
    scenario.condition.params.set("noise", 0.1);
    scenario.condition.params.set("image", ImageSource{.dataset = "fashion-mnist-test", .index = image, .file = ""});
    scenario.schedule = default_choice(Kind::Schedule, "edm");
    scenario.schedule.params.set("sigma_max", 10.0);
    scenario.schedule.params.set("steps", number_option("steps", 50));
    scenario.sampler = default_choice(Kind::Sampler, method.sampler);
    for (const auto& [key, value] : method.settings) {
        set_value(scenario, std::string("sampler.") + key, value);
    }
    if (problem == "half") {
        set_value(scenario, "condition.mask", "left_half");
    }
    scenario.particles = number_option("particles", 64);
    scenario.seed = static_cast<uint64_t>(image) + 1;
    return scenario;
}

/// Particles of one run beside the true picture, in float64.
struct Restored {
    torch::Tensor x;        // [n, pixels]
    torch::Tensor weights;  // [n]
    torch::Tensor truth;    // [pixels]
    torch::Tensor hidden;   // [k], the pixels of which nothing was measured directly
};

/// Pixels are in [-1, 1]: the peak is 2.
torch::Tensor psnr(const torch::Tensor& x, const torch::Tensor& truth) {
    return 10 * (4 / (x - truth).square().mean(-1)).log10();
}

/// Share of the hidden pixels whose truth is between the 5 and the 95 % quantile of the particles, or within half a
/// grey level of that.
double calibration(const Restored& restored) {
    constexpr double half_level = 1.0 / 255;
    const torch::Tensor x = restored.x.index_select(1, restored.hidden);
    const auto [sorted, order] = x.sort(0);
    const torch::Tensor upto = restored.weights.index_select(0, order.flatten()).view_as(order).cumsum(0);
    const auto quantile = [&](double share) {
        const torch::Tensor row = upto.lt(share).sum(0, true).clamp_max(x.size(0) - 1);
        return sorted.gather(0, row).squeeze(0);
    };
    const torch::Tensor truth = restored.truth.index_select(0, restored.hidden);
    return (truth.ge(quantile(0.05) - half_level) & truth.le(quantile(0.95) + half_level))
        .to(torch::kFloat64)
        .mean()
        .item<double>();
}

/// Root of the mean variance of the hidden pixels over the particles.
double spread(const Restored& restored) {
    const torch::Tensor x = restored.x.index_select(1, restored.hidden);
    const torch::Tensor apart = x - restored.weights.matmul(x);
    return std::sqrt(restored.weights.matmul(apart.square()).mean().item<double>());
}

/// Distance of the classifier's features from those of the truth, relative to their length.
double feature_distance(const Restored& restored, const Classifier& judge) {
    const auto features = [&](const torch::Tensor& x) {
        return picture_features(judge, x.to(torch::kFloat32).view({-1, 1, 28, 28}).clamp(-1, 1)).to(torch::kFloat64);
    };
    const torch::Tensor truth = features(restored.truth.unsqueeze(0));
    return restored.weights.dot((features(restored.x) - truth).norm(2, 1) / truth.norm()).item<double>();
}

struct Row {
    Sample psnr_of_mean, mean_psnr, features, spread, calibration, families, seconds;
    int failed = 0;
};

Restored restore(Run& run) {
    while (!run.finished()) {
        run.advance();
    }
    const Samples samples = run.samples();
    const auto tensor = [](const auto& values, torch::ScalarType type) {
        return torch::from_blob(const_cast<void*>(static_cast<const void*>(values.data())),  // NOLINT
                                {static_cast<int64_t>(values.size())}, type)
            .to(torch::kFloat64, false, true);
    };
    Restored restored;
    restored.weights = tensor(samples.log_weights, torch::kFloat64).exp();
    restored.x = tensor(samples.values, torch::kFloat32).view({restored.weights.size(0), -1});
    restored.truth = tensor(run.scene()->true_picture, torch::kFloat32);
    const torch::Tensor seen = tensor(run.scene()->measurement_picture, torch::kFloat32);
    restored.hidden = seen.isnan().any().item<bool>() ? seen.isnan().nonzero().squeeze(1)
                                                      : torch::arange(seen.numel(), torch::kInt64);
    return restored;
}

void measure(const Scenario& scenario, const Classifier& judge, Row& row) {
    try {
        RunOptions options;
        options.frames = false;
        Run run(scenario, options);
        const Restored restored = restore(run);
        if (!restored.x.isfinite().all().item<bool>()) {
            ++row.failed;
            return;
        }
        const Summary summary = run.summary();
        row.psnr_of_mean.add(psnr(restored.weights.matmul(restored.x), restored.truth).item<double>());
        row.mean_psnr.add(restored.weights.dot(psnr(restored.x, restored.truth)).item<double>());
        row.features.add(feature_distance(restored, judge));
        row.spread.add(spread(restored));
        row.calibration.add(calibration(restored));
        row.families.add(static_cast<double>(summary.eves));
        row.seconds.add(summary.seconds);
    } catch (const RunError&) {
        ++row.failed;
    }
}

void pictures() {
    const torch::NoGradGuard no_gradients;
    const Classifier judge = read_classifier(find_weights("weights", "fashion_classifier.weights", ""));
    const int64_t images = number_option("images", 20);
    std::printf("%lld pictures, %lld particles, %lld steps, noise .1; PSNR in dB with its standard error\n\n",
                static_cast<long long>(images), static_cast<long long>(number_option("particles", 64)),
                static_cast<long long>(number_option("steps", 50)));
    std::printf(
        "| problem | method | PSNR of the mean | mean PSNR | feature distance | spread | in the 90 %% interval | "
        "families | seconds | failed |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (const std::string& problem : list_option("problems", "half,quarter")) {
        for (const Method& method : methods()) {
            if (!chosen(method.name, list_option("methods", ""))) {
                continue;
            }
            Row row;
            for (int64_t image = 0; image < images; ++image) {
                measure(scenario_of(problem, method, image), judge, row);
            }
            std::printf("| %s | %s | %.2f ± %.2f | %.2f ± %.2f | %.3f | %.3f | %.0f %% | %.1f | %.1f | %d |\n",
                        problem.c_str(), method.name, row.psnr_of_mean.mean(), row.psnr_of_mean.error(),
                        row.mean_psnr.mean(), row.mean_psnr.error(), row.features.mean(), row.spread.mean(),
                        100 * row.calibration.mean(), row.families.mean(), row.seconds.mean(), row.failed);
            std::fflush(stdout);
        }
    }
}

const Table table("pictures", pictures);

}  // namespace
}  // namespace drift::bench
