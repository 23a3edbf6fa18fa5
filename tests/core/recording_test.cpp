#include "core/recording.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

FramePtr frame(int64_t step, bool resampled, std::vector<int32_t> ancestors = {}) {
    auto result = std::make_shared<Frame>();
    result->numbers.step = step;
    result->numbers.resampled = resampled;
    result->count = 1000;
    result->dimension = 2;
    result->x.assign(2000, static_cast<float>(step));
    result->denoised.assign(2000, 0.0F);
    result->weights.assign(1000, 0.001F);
    result->ancestors = std::move(ancestors);
    return result;
}

TEST(Recording, StaysWithinItsBoundAndKeepsEveryResampling) {
    Recording recording(500'000);
    recording.start(std::make_shared<Scene>());
    for (int64_t k = 0; k < 60; ++k) {
        recording.append(frame(k, k % 7 == 3));
    }
    EXPECT_EQ(recording.size(), 60);
    EXPECT_TRUE(recording.thinned());
    int64_t bytes = 0;
    for (int64_t k = 0; k < 60; ++k) {
        bytes += recording.at(k)->bytes();
        EXPECT_EQ(recording.at(k)->numbers.step, k) << "numbers of every state are kept";
        EXPECT_EQ(recording.at(k)->weights.size(), 1000U) << "so are weights";
        if (k % 7 == 3 || k == 0 || k == 59) {
            EXPECT_FALSE(recording.at(k)->thinned()) << k;
        }
    }
    EXPECT_EQ(recording.bytes(), bytes);
    EXPECT_LE(bytes, recording.max_bytes());
    EXPECT_FALSE(recording.at(recording.with_arrays(31))->thinned());
    EXPECT_LE(recording.with_arrays(31), 31);
}

// Who resamples at every step loses positions between the first and the last state, but no event.
TEST(Recording, StaysWithinItsBoundWhereEveryStateIsResampled) {
    const int64_t bound = 700'000;
    Recording recording(bound);
    recording.start(std::make_shared<Scene>());
    const std::vector<int32_t> parents(1000, 3);
    for (int64_t k = 0; k < 60; ++k) {
        recording.append(frame(k, true, parents));
        EXPECT_LE(recording.bytes(), bound) << k;
    }
    EXPECT_FALSE(recording.at(0)->thinned());
    EXPECT_FALSE(recording.at(59)->thinned());
    int64_t early = 0;
    for (int64_t k = 0; k < 60; ++k) {
        early += k < 30 && !recording.at(k)->thinned() ? 1 : 0;
        EXPECT_TRUE(recording.at(k)->numbers.resampled);
        EXPECT_EQ(recording.at(k)->weights.size(), 1000U);
        EXPECT_EQ(recording.at(k)->ancestors, parents);
    }
    EXPECT_GE(early, 4) << "what keeps its arrays is spread over the run";
}

TEST(Recording, ThinningChangesNothingOfWhatIsKept) {
    Recording whole;
    Recording thin(800'000);
    for (Recording* recording : {&whole, &thin}) {
        recording->start(std::make_shared<Scene>());
        for (int32_t k = 0; k < 60; ++k) {
            std::vector<int32_t> parents;
            for (int32_t i = 0; k % 5 == 4 && i < 1000; ++i) {
                parents.push_back((i * 7 + k) % 1000);
            }
            recording->append(frame(k, k % 5 == 3, parents));
        }
    }
    ASSERT_TRUE(thin.thinned());
    ASSERT_FALSE(whole.thinned());
    for (int64_t k = 0; k < 60; ++k) {
        EXPECT_EQ(thin.at(k)->weights, whole.at(k)->weights);
        EXPECT_EQ(thin.at(k)->ancestors, whole.at(k)->ancestors);
        EXPECT_EQ(thin.at(k)->numbers.resampled, whole.at(k)->numbers.resampled);
        EXPECT_EQ(thin.ancestor(59, k, 123), whole.ancestor(59, k, 123));
        if (!thin.at(k)->thinned()) {
            EXPECT_EQ(thin.at(k)->x, whole.at(k)->x) << k;
            EXPECT_EQ(thin.at(k)->denoised, whole.at(k)->denoised) << k;
        }
    }
}

TEST(Recording, IsThinnedAFewStatesAtATime) {
    const int64_t bound = 500'000;
    Recording recording(bound);
    recording.start(std::make_shared<Scene>());
    int64_t thin_before = 0;
    for (int64_t k = 0; k < 100; ++k) {
        recording.append(frame(k, false));
        int64_t thin = 0;
        for (int64_t i = 0; i <= k; ++i) {
            thin += recording.at(i)->thinned() ? 1 : 0;
        }
        // A state brings 20 kB of which dropping one frees 16.
        EXPECT_LE(thin - thin_before, 2) << "the window would stand still meanwhile, at state " << k;
        EXPECT_LE(recording.bytes(), bound) << k;
        thin_before = thin;
    }
    EXPECT_GT(thin_before, 80);
}

TEST(Recording, IsNotThinnedBelowItsBound) {
    Recording recording;
    recording.start(std::make_shared<Scene>());
    for (int64_t k = 0; k < 20; ++k) {
        recording.append(frame(k, false));
    }
    EXPECT_FALSE(recording.thinned());
    EXPECT_EQ(recording.with_arrays(7), 7);
}

// T16: composing ancestor arrays backwards gives the same parents as copying paths at every step.
TEST(Recording, FollowsAncestorsThroughResamplings) {
    Recording recording;
    recording.start(std::make_shared<Scene>());
    const int32_t n = 1000;
    std::vector<int32_t> first(n);
    for (int32_t i = 0; i < n; ++i) {
        first[static_cast<size_t>(i)] = i;
    }
    for (int64_t k = 0; k < 10; ++k) {
        std::vector<int32_t> parents;
        if (k % 3 == 2) {
            std::vector<int32_t> copied(n);
            for (int32_t i = 0; i < n; ++i) {
                parents.push_back((i * 7 + static_cast<int32_t>(k)) % n / 2);
                copied[static_cast<size_t>(i)] = first[static_cast<size_t>(parents.back())];
            }
            first = copied;
        }
        recording.append(frame(k, false, parents));
    }
    for (int32_t i = 0; i < n; ++i) {
        EXPECT_EQ(recording.ancestor(9, 0, i), first[static_cast<size_t>(i)]);
    }
}

}  // namespace
}  // namespace drift
