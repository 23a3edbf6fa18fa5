#include "core/nets/frechet.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

torch::Tensor rows() {
    return torch::sin(torch::arange(200 * 3, torch::kFloat64).square() * 0.37).view({200, 3});
}

TEST(Frechet, VanishesForTheSameSet) {
    EXPECT_NEAR(frechet_distance(rows(), rows()), 0, 1e-10);
}

TEST(Frechet, OfAShiftIsItsSquaredLength) {
    const torch::Tensor shift = torch::tensor({1.0, 2.0, -2.0}, torch::kFloat64);
    EXPECT_NEAR(frechet_distance(rows(), rows() + shift), 9, 1e-9);
}

TEST(Frechet, OfAScalingIsTheClosedForm) {
    const torch::Tensor centred = rows() - rows().mean(0);
    const double trace = centred.square().sum().item<double>() / 199;
    EXPECT_NEAR(frechet_distance(centred, 3 * centred), 4 * trace, 1e-9);  // (1 + 9 - 2 * 3) tr C
    EXPECT_NEAR(frechet_distance(3 * centred, centred), 4 * trace, 1e-9);
}

}  // namespace
}  // namespace drift
