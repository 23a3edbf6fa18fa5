#include "core/data/plane_data.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

constexpr int64_t count = 40'000;

PlaneData painted(std::vector<int64_t> shape, std::vector<double> values, double half_width = 4) {
    return PlaneData({"painted", {std::move(shape), std::move(values)}, half_width});
}

std::string refusal(const Array& painting) {
    try {
        PlaneData({"painted", painting, 4});
        return "";
    } catch (const UserError& error) {
        return error.what();
    }
}

TEST(PlaneData, KnowsMeanAndVarianceOfItsDraws) {
    std::vector<PlaneData> all;
    for (const std::string& name : plane_data_names()) {
        if (name != "painted") {
            all.emplace_back(PlaneDataOptions{name, {{0}, {}}, 4});
        }
    }
    all.push_back(painted({2, 3}, {1, 0, 3, 0, 2, 0}, 1.5));
    for (const PlaneData& data : all) {
        const torch::Tensor x = data.draw(count, Random{3}).to(torch::kFloat64);
        const double error =
            5 * std::sqrt(2 * data.variance() / count);  // no axis has more than twice the mean of both
        EXPECT_NEAR(x.select(1, 0).mean().item<double>(), data.mean(0), error);
        EXPECT_NEAR(x.select(1, 1).mean().item<double>(), data.mean(1), error);
        EXPECT_NEAR(x.var(0).mean().item<double>() / data.variance(), 1, 0.03);
    }
}

TEST(PlaneData, DrawsOfARowDependOnNothingElse) {
    const PlaneData data({"two_moons", {{0}, {}}, 4});
    const torch::Tensor few = data.draw(10, Random{3});
    EXPECT_TRUE(torch::equal(few, data.draw(1000, Random{3}).narrow(0, 0, 10)));
    EXPECT_FALSE(torch::equal(few, data.draw(10, Random{4})));
}

// chi^2 over the cells: 11 degrees of freedom, of which 31.3 is the 0.999 quantile.
TEST(PlaneData, HitsTheCellsOfAPaintingAsOftenAsItSays) {
    const std::vector<double> density{1, 2, 0, 4, 5, 3, 3, 0, 1, 6, 2, 2};
    const torch::Tensor x = painted({3, 4}, density).draw(count, Random{5});
    const torch::Tensor column = (x.select(1, 0) / 2 + 2).floor().to(torch::kInt64);
    const torch::Tensor row = (1.5 - x.select(1, 1) / 2).floor().to(torch::kInt64);
    const torch::Tensor hits = (row * 4 + column).bincount({}, 12);
    ASSERT_EQ(hits.size(0), 12) << "the longer side has four cells of 2 from -4 to 4";
    double total = 0, chi_squared = 0;
    for (const double value : density) {
        total += value;
    }
    for (int64_t i = 0; i < 12; ++i) {
        const double expected = density[static_cast<size_t>(i)] / total * count;
        const auto seen = static_cast<double>(hits[i].item<int64_t>());
        if (expected == 0) {
            EXPECT_EQ(seen, 0) << i;
        } else {
            chi_squared += (seen - expected) * (seen - expected) / expected;
        }
    }
    EXPECT_LT(chi_squared, 31.3);
}

TEST(PlaneData, FillsACheckerboardEvenlyAndNothingElse) {
    const torch::Tensor x = PlaneData({"checkerboard", {{0}, {}}, 4}).draw(count, Random{5});
    const torch::Tensor cell = (x / 2 + 2).floor().to(torch::kInt64);
    EXPECT_TRUE((cell.sum(1) % 2).eq(0).all().item<bool>());
    const torch::Tensor hits = (cell.select(1, 1) * 4 + cell.select(1, 0)).bincount({}, 16);
    EXPECT_EQ(hits.gt(0).sum().item<int64_t>(), 8);
    EXPECT_LT((hits.masked_select(hits.gt(0)) - count / 8).abs().max().item<double>(), 5 * std::sqrt(count / 8.0));
}

TEST(PlaneData, RefusesAPaintingThatIsNoDensity) {
    EXPECT_NE(refusal({{0}, {}}).find("'prior.painting' is an empty list"), std::string::npos) << refusal({{0}, {}});
    const Array zeros{{2, 2}, {0, 0, 0, 0}};
    EXPECT_NE(refusal(zeros).find("'prior.painting' holds no number above 0"), std::string::npos) << refusal(zeros);
    const Array negative{{1, 2}, {2, -1}};
    EXPECT_NE(refusal(negative).find("holds a negative number"), std::string::npos) << refusal(negative);
}

}  // namespace
}  // namespace drift
