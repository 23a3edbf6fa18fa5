// What a run in noise space shows and counts.
#include "support/noise_space.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::largest;
using test::measured_map;
using test::noise_task;

TEST(Outsourced, CountsTheCallsOfItsMap) {
    Scenario scenario = test::scene_a("mala");
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.sampler.params.set("ode_steps", int64_t{6});
    scenario.sampler.params.set("steps", int64_t{2});
    scenario.sampler.params.set("moves_per_step", int64_t{3});
    scenario.particles = 10;
    // one evaluation at the start and one a move, each of the normal prior and of the 11 calls of the flow
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 10 * 7 * (1 + 11));
}

TEST(Outsourced, FramesShowTheDataAndTheNoise) {
    Scenario scenario = measured_map("swirl", 2, "dps", 0.8, 0.3);
    scenario.schedule.params.set("steps", int64_t{5});
    scenario.particles = 12;
    drift::Run run(scenario);
    const Scene& scene = *run.scene();
    EXPECT_TRUE(scene.noise_space());
    EXPECT_EQ(scene.sample_shape, (std::vector<int64_t>{2}));
    ASSERT_TRUE(scene.decoder_grid);
    EXPECT_EQ(scene.decoder_grid->x.size(), 2U * 41 * 41);
    EXPECT_EQ(scene.lines.size(), 1U) << "the measurement of the data";
    const Task task = noise_task(scenario);
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        EXPECT_EQ(frame->dimension, 2);
        EXPECT_EQ(frame->latent_dimension, 2);
        ASSERT_EQ(frame->x.size(), 24U);
        ASSERT_EQ(frame->latent.size(), 24U);
        EXPECT_TRUE(frame->denoised.empty() && frame->shift.empty());
        torch::Tensor z = torch::tensor(frame->latent, torch::kFloat64).view({12, 2});
        if (frame->numbers.sigma > 0) {
            z = z / (1 + frame->numbers.sigma * frame->numbers.sigma);  // D under N(0, I)
        }
        const torch::Tensor x = torch::tensor(frame->x, torch::kFloat64).view({12, 2});
        EXPECT_LT(largest(task.decoder->decode(z), x), 1e-4);
    }
}

// What is measured on the way and left behind by a run that was cut short are the data that its frames show.
TEST(Outsourced, MeasuresTheDataThatItShows) {
    Scenario scenario = test::scene_a("dps");
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.sampler.params.set("ode_steps", int64_t{6});
    scenario.schedule.params.set("steps", int64_t{12});
    scenario.particles = 60;
    const GaussianMixture prior = *test::task(test::scene_a("dps")).problem.prior->mixture();
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, true});
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        const torch::Tensor x = torch::tensor(frame->x).to(torch::kFloat64).view({60, 2});
        const double expected = prior.log_density(x).mean().item<double>();
        EXPECT_NEAR(frame->numbers.log_prior, expected, 1e-4 * (1 + std::abs(expected)));
        const Samples samples = run.samples();
        EXPECT_EQ(samples.values, frame->x);
        EXPECT_NEAR(run.summary().log_prior, frame->numbers.log_prior, 1e-9 * (1 + std::abs(expected)));
        const torch::Tensor z = torch::tensor(samples.latents, torch::kFloat64).view({60, 2});
        EXPECT_LT(largest(noise_task(scenario).decoder->decode(z), x), 1e-4) << "x = f(z) of the files";
    }
}

// The grid's first point is the lower left corner, its second one lies to the right of it.
TEST(Outsourced, GridIsDecodedRowByRow) {
    const drift::Run run(measured_map("fold", 2, "hmc", 1, 0.3));
    const DecoderGrid& grid = *run.scene()->decoder_grid;
    EXPECT_FLOAT_EQ(grid.x[0], 3.5F) << "|-3.5|";
    EXPECT_FLOAT_EQ(grid.x[1], -3.5F);
    EXPECT_FLOAT_EQ(grid.x[2], 3.325F);
    EXPECT_FLOAT_EQ(grid.x[3], -3.5F);
    EXPECT_GT(run.scene()->data_radius, 2);
}

}  // namespace
}  // namespace drift
