// What the generators of points come to in how much processor time: the sliced Wasserstein distance between 16,384
// points that each generates and as many fresh ones, beside that of two sets of fresh ones; how much lies outside where
// data are; and how many of the 25 modes are hit. `--set key=value,key=value` changes parameters, `--priors` and
// `--data` choose.

#include "bench/bench.h"

#include "core/decoder.h"
#include "core/generators/generators.h"
#include "core/metrics.h"
#include "core/scenario.h"

#include <cstdio>
#include <ctime>

namespace drift::bench {
namespace {

constexpr int64_t points = 16'384;

Choice choice_of(const std::string& prior, const std::string& data) {
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, prior);
    set_value(scenario, "prior.data", data);
    for (const std::string& change : list_option("set", "")) {
        const size_t at = change.find('=');
        set_value(scenario, "prior." + change.substr(0, at), change.substr(at + 1));
    }
    return scenario.prior;
}

/// The shares of points within `reach` of their nearest neighbour among the data, as "near".
double share_near(const torch::Tensor& x, const torch::Tensor& data, double reach) {
    double near = 0;
    for (const torch::Tensor& part : x.split(1024)) {
        near += static_cast<double>(at::cdist(part, data).amin({1}).lt(reach).sum().item<int64_t>());
    }
    return near / static_cast<double>(x.size(0));
}

/// Modes of the 25 that hold at least a tenth of their share within three standard deviations.
int64_t modes_hit(const torch::Tensor& x) {
    const torch::Tensor nearest = (x / 5).round().clamp(-2, 2);
    const torch::Tensor close = (x - nearest * 5).norm(2, 1).lt(3 * std::sqrt(0.3));
    const torch::Tensor index = ((nearest.select(1, 0) + 2) * 5 + nearest.select(1, 1) + 2).to(torch::kInt64);
    return index.masked_select(close).bincount({}, 25).gt(x.size(0) / 250).sum().item<int64_t>();
}

void measure(const std::string& prior, const std::string& name) {
    const Choice choice = choice_of(prior, name);
    const std::clock_t start = std::clock();
    const auto made = make<Prior>(choice, MakeContext{});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const PlaneData data({name, {}, 4});
    const torch::Tensor fresh = data.draw(points, Random{11});
    const torch::Tensor again = data.draw(points, Random{12});
    const auto decoder = made->decoder();
    const torch::Tensor z = standard_normals(points, decoder->latent_shape().at(0), Random{13});
    const torch::Tensor x = decoder->decode(z);
    const double reach = 0.03 * std::sqrt(data.variance());
    std::printf("| %s | %s | %.1f | %.4f | %.4f | %.3f | %.1f %% | %.1f %% | %s |\n", name.c_str(), prior.c_str(),
                seconds, sliced_wasserstein(x, {}, fresh), sliced_wasserstein(again, {}, fresh),
                std::sqrt(data.variance()), 100 * share_near(x, fresh, reach), 100 * share_near(again, fresh, reach),
                name == "25_modes" ? std::to_string(modes_hit(x)).c_str() : "");
    std::fflush(stdout);
}

void generators() {
    const torch::NoGradGuard no_gradients;
    std::printf(
        "| data | prior | seconds | sliced W1 | floor | spread | near data | data near data | modes |\n"
        "|---|---|---|---|---|---|---|---|---|\n");
    for (const std::string& data : list_option("data", "two_moons,checkerboard,25_modes")) {
        for (const std::string& prior : list_option("priors", "cnf,normalising_flow,vae,gan")) {
            measure(prior, data);
        }
    }
}

const Table table("generators", generators);

}  // namespace
}  // namespace drift::bench
