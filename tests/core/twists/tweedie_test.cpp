#include "core/io/files.h"
#include "core/io/npy.h"
#include "core/publish.h"
#include "support/ensembles.h"
#include "support/twists.h"

#include <torch/script.h>

#include <filesystem>

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

/// Scene A with two numbers measured.
Task two_rows() {
    Scenario scenario = test::scene_a("tmpd");
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0.4, -0.3, 1.2}});
    scenario.condition.params.set("observation", test::vector({-1, 0.7}));
    return test::task(scenario);
}

double size_of(const torch::Tensor& tensor) {
    return 1 + tensor.abs().max().item<double>();
}

// More particles than a network keeps graphs of, so that they come in blocks.
TEST(TweedieTwist, IsTheClosedFormOfAMixture) {
    const Task task = two_rows();
    const torch::Tensor x = cloud(1100, 2, 4);
    const TwistOptions options{ErrorModel::Tweedie, PullForm::Score, 0};
    const auto general = tweedie_twist(task.problem, options);
    for (const double sigma : {0.1, 1.0, 15.0}) {
        const Evaluation closed = evaluate(*mixture_twist(task.problem, options), x, sigma);
        const Evaluation solved = evaluate(*general, x, sigma);
        EXPECT_LT(largest(closed.denoised, solved.denoised), 1e-8);
        EXPECT_LT(largest(closed.pull, solved.pull), 1e-8 * size_of(closed.pull)) << sigma;
        EXPECT_LT(largest(closed.log_twist, solved.log_twist), 1e-8 * size_of(closed.log_twist)) << sigma;
    }
    EXPECT_TRUE(general->has_density());
    EXPECT_TRUE(general->has_pull());
}

// Conjugate gradients are done after as many steps as there are measured
// values.
TEST(TweedieByProducts, IsTheClosedFormOfAMixture) {
    const Task task = two_rows();
    const torch::Tensor x = cloud(64, 2, 4);
    const TwistOptions options{ErrorModel::Tweedie, PullForm::Score, 0, 2};
    const auto by_products = tweedie_by_products(task.problem, options);
    for (const double sigma : {0.1, 1.0, 15.0}) {
        const Evaluation closed = evaluate(*mixture_twist(task.problem, options), x, sigma);
        const Evaluation solved = evaluate(*by_products, x, sigma);
        EXPECT_LT(largest(closed.denoised, solved.denoised), 1e-10);
        EXPECT_LT(largest(closed.pull, solved.pull), 1e-7 * size_of(closed.pull)) << sigma;
    }
    EXPECT_FALSE(by_products->has_density());
}

constexpr int64_t side = 8;
constexpr int64_t pixels = side * side;

/// Pictures of independent pixels, N(0, v_k), and the optimal denoiser of them
/// in a TorchScript file.
class TweedieOfANetwork : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_);
        write(
            "    v = 0.2 + 0.8 * torch.arange(64, dtype=x.dtype).reshape(1, 1, "
            "8, 8) / 63\n"
            "    return x * v / (v + (noise * noise).reshape(-1, 1, 1, 1))\n");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& body) const {
        torch::jit::Module module("net");
        module.define("def forward(self, x, noise):\n" + body);
        module.save((folder_ / "net.pt").string());
    }

    static std::vector<double> variances() {
        std::vector<double> v;
        for (int64_t k = 0; k < pixels; ++k) {
            v.push_back(0.2 + 0.8 * static_cast<double>(k) / 63);
        }
        return v;
    }

    /// With the prior in the form that is asked for.
    Scenario scenario(const std::string& prior, const std::string& condition, const std::string& sampler) const {
        Scenario result = test::scenario(prior, condition, sampler);
        result.folder = folder_.string();
        if (prior == "torchscript") {
            result.prior.params.set("file", std::string("net.pt"));
            result.prior.params.set("shape", Array{{3}, {1, side, side}});
            result.prior.params.set("data_variance", 0.6);
        } else {
            result.prior.params.set("mean", test::vector(std::vector<double>(pixels, 0)));
            result.prior.params.set("covariance", test::vector(variances()));
        }
        return result;
    }

    /// Three sums of pixels.
    Scenario sums(const std::string& prior, const std::string& sampler) const {
        Scenario result = scenario(prior, "linear_gaussian", sampler);
        Array matrix{{3, pixels}, std::vector<double>(3 * pixels, 0.125)};
        for (size_t k = 0; k < pixels; ++k) {
            matrix.data[pixels + k] *= k < pixels / 2 ? -1 : 1;
            matrix.data[2 * pixels + k] *= k % side < 3 ? 0 : 1;
        }
        result.condition.params.set("matrix", matrix);
        result.condition.params.set("observation", test::vector({0.6, -1, 0.9}));
        result.condition.params.set("noise", 0.3);
        result.schedule.params.set("steps", int64_t{15});
        result.particles = 32;
        return result;
    }

    Task task(const Scenario& scenario) const {
        const MakeContext context{torch::kFloat64, folder_.string(), scenario.seed};
        return {make_problem(scenario.prior, scenario.condition, context), make_schedule(scenario.schedule),
                context.options};
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_tweedie_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(TweedieOfANetwork, HasADensity) {
    const Task pictures = task(sums("torchscript", "tds"));
    EXPECT_FALSE(closed_form_twist(pictures.problem));
    EXPECT_TRUE(make_twist(pictures.problem, {ErrorModel::Tweedie, PullForm::Score, 0})->has_density());
}

// For a Gaussian prior the twist is p(y | x_sigma): the weights that are left
// come from steps of finite size. With the same random numbers the closed form
// gives the same evidence, but for the float32 of the network.
TEST_F(TweedieOfANetwork, WeighsParticlesOfTdsRight) {
    Scenario scenario = sums("torchscript", "tds");
    Scenario closed = sums("gaussian", "tds");
    for (Scenario* each : {&scenario, &closed}) {
        each->sampler.params.set("twist", std::string("tweedie"));
        each->schedule.params.set("steps", int64_t{30});
        each->particles = 96;
    }
    const test::Ensemble runs = test::repeat(scenario, 12, test::model_log_z(closed));
    const test::Repeated ratio = test::repeated(runs.ratio);
    EXPECT_LT(std::abs(ratio.mean - 1), 3 * ratio.error) << ratio.mean << " +- " << ratio.error;
    EXPECT_LT(ratio.error, 0.05);
    const test::Ensemble same = test::repeat(closed, 12);
    for (size_t r = 0; r < same.log_z.size(); ++r) {
        EXPECT_NEAR(runs.log_z[r], same.log_z[r], 1e-4);
    }
}

TEST_F(TweedieOfANetwork, WeighsParticlesOfOtherMethodsToo) {
    for (const auto& [sampler, key] :
         std::vector<std::pair<std::string, std::string>>{{"smc", "twist"}, {"fk_steering", "error_model"}}) {
        Scenario scenario = sums("torchscript", sampler);
        scenario.sampler.params.set(key, std::string("tweedie"));
        if (sampler == "fk_steering") {
            scenario.sampler.params.set("kernel", std::string("gradient"));
        }
        const Summary summary = test::finished(scenario).summary();
        EXPECT_NEAR(summary.log_z, test::model_log_z(sums("gaussian", "tds")), 1) << sampler;
    }
}

// One call of the denoiser a particle and step, as for the pull of every other
// twist: ways back are not counted.
TEST_F(TweedieOfANetwork, CountsOneCallAStep) {
    Scenario scenario = sums("torchscript", "tds");
    scenario.sampler.params.set("twist", std::string("tweedie"));
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 15 * 32);
}

// What a network has for a Jacobian need neither be symmetric nor a covariance.
TEST_F(TweedieOfANetwork, StaysFiniteWithoutASymmetricJacobian) {
    write("    return 0.5 * x - 0.4 * x.flip(3) + 0.7 * torch.roll(x, [1], [2])\n");
    const Task broken = task(sums("torchscript", "tds"));
    const torch::Tensor x = cloud(20, pixels, 1).view({20, 1, side, side});
    const auto twist = make_twist(broken.problem, {ErrorModel::Tweedie, PullForm::Score, 0});
    for (const double sigma : {0.02, 1.0, 20.0}) {
        const Evaluation out = evaluate(*twist, x, sigma);
        EXPECT_TRUE(out.pull.isfinite().all().item<bool>()) << sigma;
        const double most = -1.5 * std::log(2 * M_PI * 0.09);  // that of S = sigma_y^2 I without a residual
        EXPECT_LE(out.log_twist.max().item<double>(), most + 1e-9) << sigma;
        EXPECT_TRUE(out.log_twist.isfinite().all().item<bool>()) << sigma;
    }
}

// With J = diag(-1 ... 1) the three sums have a matrix A J A^T with eigenvalues on both sides of 0.
TEST_F(TweedieOfANetwork, FloorsTheEigenvaluesOfItsCovariance) {
    write("    return x * torch.linspace(-1, 1, 64, dtype=x.dtype).reshape(1, 1, 8, 8)\n");
    const Task broken = task(sums("torchscript", "tds"));
    const LinearGaussian& measurement = *broken.problem.condition->linear();
    const torch::Tensor slopes = torch::linspace(-1, 1, pixels, torch::kFloat64);
    const torch::Tensor a = measurement.A->matrix();
    const auto [eigenvalues, u] = at::linalg_eigh((a * slopes).matmul(a.t()));
    ASSERT_LT(eigenvalues[0].item<double>(), -0.1);
    ASSERT_GT(eigenvalues[2].item<double>(), 0.1);
    const torch::Tensor rows = cloud(20, pixels, 1);
    const torch::Tensor along = (measurement.y - (rows * slopes).matmul(a.t())).matmul(u);  // the residuals
    const auto twist = make_twist(broken.problem, {ErrorModel::Tweedie, PullForm::Score, 0});
    for (const double sigma : {0.3, 2.0}) {
        const torch::Tensor s = eigenvalues.clamp_min(0) * sigma * sigma + 0.09;
        const torch::Tensor log_psi = -0.5 * (along.square() / s + (2 * M_PI * s).log()).sum(1);
        const Evaluation out = evaluate(*twist, rows.view({20, 1, side, side}), sigma);
        EXPECT_LT(largest(out.log_twist, log_psi), 1e-4 * size_of(log_psi)) << sigma;
        const torch::Tensor kept = along / s * eigenvalues.ge(0);
        const torch::Tensor pull = kept.matmul(u.t()).matmul(a) * slopes * sigma * sigma;
        EXPECT_LT(largest(out.pull.flatten(1), pull), 1e-4 * size_of(pull)) << sigma;
    }
}

// J = diag(-1 ... 1) + B - B^T: A J A^T has eigenvalues on both sides of 0, and a part that is not symmetric. What
// counts is the symmetric part with its eigenvalues floored, however large sigma is.
TEST_F(TweedieOfANetwork, FloorsThemWhereTheJacobianIsNotSymmetric) {
    write(
        "    v = torch.linspace(-1, 1, 64, dtype=x.dtype)\n"
        "    s = torch.sin(torch.arange(64, dtype=x.dtype))\n"
        "    flat = x.flatten(1)\n"
        "    turned = (flat @ v).unsqueeze(1) * s - (flat @ s).unsqueeze(1) * v\n"
        "    ones = 0.02 * (flat.sum(1, keepdim=True) * v - (flat @ v).unsqueeze(1))\n"
        "    return (flat * v + 0.02 * turned + ones).reshape(x.shape)\n");
    const Task broken = task(sums("torchscript", "tds"));
    const LinearGaussian& measurement = *broken.problem.condition->linear();
    const torch::Tensor v = torch::linspace(-1, 1, pixels, torch::kFloat64);
    const torch::Tensor s = torch::arange(pixels, torch::kFloat64).sin();
    const torch::Tensor one = torch::ones({pixels}, torch::kFloat64);
    const torch::Tensor jacobian = torch::diag(v) + 0.02 * (torch::outer(s, v) - torch::outer(v, s)) +
                                   0.02 * (torch::outer(v, one) - torch::outer(one, v));
    const torch::Tensor a = measurement.A->matrix();
    const torch::Tensor products = a.matmul(jacobian).matmul(a.t());
    ASSERT_GT(largest(products, products.t()), 0.1) << "not symmetric";
    const auto [eigenvalues, u] = at::linalg_eigh((products + products.t()) * 0.5);
    ASSERT_LT(eigenvalues[0].item<double>(), -0.1);
    ASSERT_GT(eigenvalues[2].item<double>(), 0.1);
    const torch::Tensor x = cloud(20, pixels, 1);
    const torch::Tensor along = (measurement.y - x.matmul(jacobian.t()).matmul(a.t())).matmul(u);
    const auto twist = make_twist(broken.problem, {ErrorModel::Tweedie, PullForm::Score, 0});
    for (const double sigma : {0.3, 10.0, 80.0}) {
        const torch::Tensor variances = eigenvalues.clamp_min(0) * sigma * sigma + 0.09;
        const torch::Tensor log_psi = -0.5 * (along.square() / variances + (2 * M_PI * variances).log()).sum(1);
        const Evaluation out = evaluate(*twist, x.view({20, 1, side, side}), sigma);
        EXPECT_LT(largest(out.log_twist, log_psi), 1e-3 * size_of(log_psi)) << sigma;
        // No step of the pull is longer than what its measured part asks for, and that part is the floored one.
        const torch::Tensor seen = out.pull.flatten(1).matmul(a.t());
        const torch::Tensor wanted = (along / variances * eigenvalues.clamp_min(0) * sigma * sigma).matmul(u.t());
        EXPECT_LT(largest(seen, wanted), 1e-3 * size_of(wanted)) << sigma;
    }
}

/// A picture that is measured, its pixels within [-1, 1], and the measurements
/// of it with noise.
struct Seen {
    std::string condition;
    int64_t values = 0;
};
const std::vector<Seen> seen_pictures{{"inpainting", pixels / 2}, {"blur", pixels}};

Scenario with_picture(Scenario scenario, const std::filesystem::path& folder) {
    std::vector<double> values;
    for (int64_t k = 0; k < pixels; ++k) {
        values.push_back(0.9 * std::sin(0.4 * static_cast<double>(k)));
    }
    write_file((folder / "picture.npy").string(), npy_bytes({side, side}, std::span<const double>(values)));
    scenario.condition.params.set("image", ImageSource{.dataset = "", .index = 0, .file = "picture.npy"});
    scenario.condition.params.set("noise", 0.3);
    if (scenario.condition.params.contains("sigma")) {
        scenario.condition.params.set("sigma", 0.7);
    }
    return scenario;
}

// D + pull is E[x0 | x, y] for a Gaussian prior. With condition numbers up to
// (1 + sigma_y^2) / sigma_y^2 = 12 every conjugate gradient leaves about half
// of the error, (sqrt 12 - 1) / (sqrt 12 + 1); the network answers in float32.
TEST_F(TweedieOfANetwork, IsSolvedByConjugateGradientsOnPictures) {
    const GaussianMixture prior = *task(scenario("gaussian", "none", "tmpd")).problem.prior->mixture();
    const torch::Tensor rows = cloud(12, pixels, 1.5);
    const torch::Tensor x = rows.view({12, 1, side, side});
    for (const Seen& seen : seen_pictures) {
        const Task pictures = task(with_picture(scenario("torchscript", seen.condition, "tmpd"), folder_));
        const LinearGaussian& measurement = *pictures.problem.condition->linear();
        ASSERT_EQ(measurement.A->output_size(), seen.values);
        const GaussianMixture posterior = exact_posterior(prior, measurement).posterior;
        for (const double sigma : {0.1, 1.0, 15.0}) {
            const torch::Tensor exact = (posterior.denoise(rows, sigma) - prior.denoise(rows, sigma)).view_as(x);
            const auto error_after = [&](int64_t steps) {
                const auto twist = make_twist(pictures.problem, {ErrorModel::Tweedie, PullForm::Score, 0, steps});
                EXPECT_FALSE(twist->has_density());
                return ((evaluate(*twist, x, sigma).pull - exact).norm() / exact.norm()).item<double>();
            };
            EXPECT_LT(error_after(5), 0.1) << seen.condition << " at " << sigma;
            EXPECT_LT(error_after(40), 1e-5) << seen.condition << " at " << sigma;
            EXPECT_LT(error_after(5), 0.5 * error_after(1) + 1e-5) << seen.condition << " at " << sigma;
        }
    }
}

// The means of a guided Gaussian chain are those of the posterior, but for
// steps of finite size.
TEST_F(TweedieOfANetwork, LeadsPicturesToTheirPosteriorMean) {
    const GaussianMixture prior = *task(scenario("gaussian", "none", "tmpd")).problem.prior->mixture();
    for (const Seen& seen : seen_pictures) {
        Scenario pictures = with_picture(scenario("torchscript", seen.condition, "tmpd"), folder_);
        pictures.sampler.params.set("solver_steps", int64_t{8});
        pictures.schedule.params.set("steps", int64_t{40});
        pictures.particles = 120;
        const GaussianMixture posterior = exact_posterior(prior, *task(pictures).problem.condition->linear()).posterior;
        const std::vector<double> exact = to_doubles(posterior.means[0]);
        const torch::Tensor spread = posterior.full_covariances()[0].diagonal().sqrt();
        const std::vector<double> errors = to_doubles(spread / std::sqrt(120.0));
        const Samples samples = test::finished(pictures).samples();
        double squares = 0;
        for (size_t k = 0; k < exact.size(); ++k) {
            const double apart = (test::moments(samples, k).mean - exact[k]) / errors[k];
            EXPECT_LT(std::abs(apart), 4.5) << seen.condition << ", pixel " << k;
            squares += apart * apart / pixels;
        }
        EXPECT_NEAR(squares, 1, 0.7) << seen.condition << ": four standard errors of the mean of 64 squares";
    }
}

}  // namespace
}  // namespace drift
