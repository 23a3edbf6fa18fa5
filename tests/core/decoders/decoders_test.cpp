// Maps from noise: their derivatives and the laws of what they make.
#include "core/decoders/decoders.h"
#include "core/metrics.h"
#include "core/priors/mixture_prior.h"
#include "core/publish.h"

#include "support/problems.h"
#include "support/twists.h"

#include <numbers>

namespace drift {
namespace {

using test::cloud;
using test::largest;

std::shared_ptr<const Prior> prior_of(const Scenario& scenario) {
    return make<Prior>(scenario.prior, MakeContext{torch::kFloat64, "", 1});
}

std::shared_ptr<const Prior> three_modes() {
    return prior_of(test::scene_a("tds"));
}

/// A function as a network would be one: smooth, from three numbers to two.
std::shared_ptr<const Decoder> small_network() {
    return network_decoder([](const torch::Tensor& z) { return z.slice(1, 0, 2) * z.slice(1, 2).sin(); }, {3}, {2});
}

struct Named {
    std::string name;
    std::function<std::shared_ptr<const Decoder>()> make;
};

/// All of them, made late: a catalogue is complete only once main has begun.
std::vector<Named> decoders() {
    return {{"affine",
             [] {
                 return affine_decoder(torch::tensor({1.0, 0.5, 0.0, 0.0, 1.0, -1.0}, torch::kFloat64).view({2, 3}),
                                       torch::tensor({0.5, -0.5}, torch::kFloat64));
             }},
            {"square", [] { return square_decoder(3); }},
            {"ring", [] { return ring_decoder(3); }},
            {"fold", [] { return fold_decoder(); }},
            {"swirl", [] { return swirl_decoder(3); }},
            {"flow", [] { return flow_decoder(three_modes(), 12); }}};
}

class EveryDecoder : public ::testing::TestWithParam<Named> {};

TEST_P(EveryDecoder, PullsBackByItsOwnDerivative) {
    const auto decoder = GetParam().make();
    const int64_t latent = decoder->latent_shape().at(0);
    const torch::Tensor z = cloud(40, latent, 1.2);
    const Decoded at_z = decoder->linearise(z);
    EXPECT_TRUE(torch::equal(at_z.x, decoder->decode(z)));
    EXPECT_EQ(at_z.x.size(1), decoder->sample_shape().at(0));
    const torch::Tensor w = torch::cos(torch::arange(at_z.x.numel(), torch::kFloat64)).view_as(at_z.x);
    const torch::Tensor back = at_z.pullback(w);
    constexpr double h = 1e-5;
    for (int64_t k = 0; k < latent; ++k) {
        torch::Tensor step = torch::zeros({latent}, torch::kFloat64);
        step[k] = h;
        const torch::Tensor along = (decoder->decode(z + step) - decoder->decode(z - step)) / (2 * h);
        const torch::Tensor expected = (along * w).sum(1);
        EXPECT_LT(largest(back.select(1, k), expected), 1e-6 * (1 + expected.abs().max().item<double>())) << k;
    }
}

// T25, for maps: a row's own values decide.
TEST_P(EveryDecoder, TreatsEveryRowAlone) {
    const auto decoder = GetParam().make();
    const torch::Tensor z = cloud(20, decoder->latent_shape().at(0), 1);
    const torch::Tensor few = z.slice(0, 3, 9).contiguous();
    EXPECT_TRUE(torch::equal(decoder->decode(z).slice(0, 3, 9), decoder->decode(few)));
}

INSTANTIATE_TEST_SUITE_P(Decoders, EveryDecoder, ::testing::ValuesIn(decoders()),
                         [](const auto& test) { return test.param.name; });

TEST(NetworkDecoder, PullsBackByAutograd) {
    const auto decoder = small_network();
    const torch::Tensor z = cloud(21, 3, 1);
    const Decoded at_z = decoder->linearise(z);
    const torch::Tensor w = torch::cos(at_z.x);
    const torch::Tensor third = z.select(1, 2).unsqueeze(1);
    const torch::Tensor first = w * third.sin();
    const torch::Tensor last = (w * z.slice(1, 0, 2) * third.cos()).sum(1, true);
    EXPECT_LT(largest(at_z.x, z.slice(1, 0, 2) * third.sin()), 1e-6);
    EXPECT_LT(largest(at_z.pullback(w), torch::cat({first, last}, 1)), 1e-6) << "networks compute in float32";
}

TEST(RingDecoder, HasNoDirectionAtItsCentre) {
    const Decoded at_zero = ring_decoder(2)->linearise(torch::zeros({1, 2}, torch::kFloat64));
    EXPECT_EQ(at_zero.x.item<double>(), 0);
    EXPECT_EQ(at_zero.pullback(torch::ones({1, 1}, torch::kFloat64)).abs().max().item<double>(), 0);
}

GaussianMixture tilted_gaussian() {
    return {torch::ones({1}, torch::kFloat64), torch::tensor({0.5, -2.0}, torch::kFloat64).view({1, 2}),
            torch::tensor({1.2, 0.5, 0.5, 0.4}, torch::kFloat64).view({1, 2, 2}), CovarianceKind::Full};
}

// The probability flow of a Gaussian is the symmetric root of its covariance; the midpoint rule has an error of second
// order.
TEST(FlowDecoder, OfAGaussianComesToItsAffineMap) {
    const GaussianMixture gaussian = tilted_gaussian();
    const auto exact = gaussian_decoder(gaussian);
    EXPECT_LT(largest(law_of(*exact->affine()).covariances, gaussian.covariances), 1e-12);
    const torch::Tensor z = cloud(50, 2, 1);
    const auto decoded = [&](int64_t steps) { return flow_decoder(mixture_prior(gaussian), steps)->decode(z); };
    EXPECT_LT(largest(decoded(20), exact->decode(z)), 1e-2);
    const torch::Tensor limit = decoded(640);
    EXPECT_LT(largest(limit, exact->decode(z)), 5e-3) << "what is left is the start at a finite noise";
    const double coarse = largest(decoded(20), limit), fine = largest(decoded(40), limit);
    EXPECT_LT(fine, 0.35 * coarse);
}

TEST(FlowDecoder, CountsWhatItAsksOfTheDenoiser) {
    EXPECT_EQ(flow_decoder(three_modes(), 12)->calls(), 23);
    EXPECT_EQ(swirl_decoder(1)->calls(), 0);
    EXPECT_EQ(small_network()->calls(), 1);
}

// f(z) is a draw from the prior: as far from exact draws as two sets of them are from each other.
TEST(FlowDecoder, MakesTheMixtureOfNoise) {
    const auto prior = three_modes();
    constexpr int64_t n = 2000;
    const torch::Tensor x = flow_decoder(prior, 20)->decode(cloud(n, 2, 1));
    const DistanceToExact distance =
        distance_to_exact(x, {}, prior->mixture()->sample(2 * n, measuring, kernels::Purpose::Metric));
    EXPECT_LT(distance.sliced_w1, 2 * distance.sliced_w1_floor);
    const ModeShares shares = mode_shares(view_of(*prior->mixture()), to_floats(x), {});
    for (size_t j = 0; j < 3; ++j) {
        const double expected = prior->mixture()->weights[static_cast<int64_t>(j)].item<double>();
        EXPECT_NEAR(shares.share[j], expected, 4 * std::sqrt(expected * (1 - expected) / n)) << j;
    }
}

TEST(SwirlDecoder, LeavesTheStandardNormalAsItIs) {
    constexpr int64_t n = 2000;
    const torch::Tensor z = cloud(n, 2, 1);
    const torch::Tensor x = swirl_decoder(3)->decode(z);
    EXPECT_LT(largest(x.norm(2, 1), z.norm(2, 1)), 1e-12);
    const GaussianMixture normal{torch::ones({1}, torch::kFloat64), torch::zeros({1, 2}, torch::kFloat64),
                                 torch::ones({1}, torch::kFloat64), CovarianceKind::Scalar};
    const DistanceToExact distance =
        distance_to_exact(x, {}, normal.sample(2 * n, measuring, kernels::Purpose::Metric));
    EXPECT_LT(distance.sliced_w1, 2 * distance.sliced_w1_floor);
}

Choice map(const std::string& function) {
    Choice choice = default_choice(Kind::Prior, "map");
    choice.params.set("function", function);
    return choice;
}

// What guidance takes for the spread of the data, by closed forms.
TEST(MapPrior, KnowsItsVariance) {
    for (const std::string function : {"affine", "square", "ring", "fold", "swirl"}) {
        const auto prior = make<Prior>(map(function), MakeContext{torch::kFloat64, "", 1});
        constexpr int64_t n = 20000;
        const torch::Tensor x = prior->decoder()->decode(cloud(n, 2, 1));
        const double got = x.var(0).mean().item<double>();
        EXPECT_NEAR(prior->data_variance(), got, 0.05 * got) << function;
        const bool gaussian = function == "affine" || function == "swirl";
        EXPECT_EQ(prior->has_denoiser(), gaussian) << function;
        EXPECT_EQ(prior->mixture() != nullptr, gaussian) << function;
    }
}

TEST(MapPrior, WithFlatDataHasNoDensity) {
    Choice choice = map("affine");
    choice.params.set("matrix", Array{{2, 1}, {1, 2}});
    const auto prior = make<Prior>(choice, MakeContext{torch::kFloat64, "", 1});
    EXPECT_EQ(prior->mixture(), nullptr);
    EXPECT_FALSE(prior->has_denoiser());
    EXPECT_EQ(prior->decoder()->latent_shape(), (std::vector<int64_t>{1}));
}

TEST(MapPrior, RefusesWhatDoesNotFitByName) {
    const auto refusal = [](const Choice& choice) -> std::string {
        try {
            make<Prior>(choice, MakeContext{torch::kFloat64, "", 1});
            return "";
        } catch (const UserError& error) {
            return error.what();
        }
    };
    Choice choice = map("affine");
    choice.params.set("offset", test::vector({1, 2, 3}));
    EXPECT_NE(refusal(choice).find("'prior.offset' has 3 numbers"), std::string::npos) << refusal(choice);
    choice = map("affine");
    choice.params.set("matrix", Array{{2, 2}, {0, 0, 0, 0}});
    EXPECT_NE(refusal(choice).find("'prior.matrix'"), std::string::npos) << refusal(choice);
}

}  // namespace
}  // namespace drift
