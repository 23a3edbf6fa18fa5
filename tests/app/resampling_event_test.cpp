#include "app/resampling_event.h"

#include "trees.h"

#include <gtest/gtest.h>

#include <numeric>

namespace drift {
namespace {

using test::make_tree;
using test::small_tree;

TEST(ResamplingEvent, ChildrenAreCountedInTheStateAfterTheMark) {
    const auto event = resampling_at(small_tree(), 1);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->parents, 1);
    EXPECT_EQ(event->children, 2);
    EXPECT_EQ(event->counts, (std::vector<int32_t>{2, 0, 2, 0}));
    EXPECT_EQ(event->survivors, 2);
    EXPECT_EQ(event->largest_family, 2);
    EXPECT_EQ(event->weights.size(), 4U) << "what they were drawn by";
    EXPECT_FALSE(resampling_at(small_tree(), 2));
    EXPECT_FALSE(resampling_at(small_tree(), 100));
}

TEST(ResamplingEvent, OnALadderTheMarkedStateHoldsTheChildren) {
    const Recording recording = make_tree(3, {{}, {1, 1, 2}, {}, {0, 0, 0}}, true);
    const auto event = resampling_at(recording, 1);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->parents, 0);
    EXPECT_EQ(event->children, 1);
    EXPECT_EQ(event->counts, (std::vector<int32_t>{0, 2, 1}));
    EXPECT_TRUE(event->weights.empty()) << "the recording has those after resampling only";
    EXPECT_EQ(resampled_state(recording, 3), 3);
}

TEST(ResamplingEvent, IsFoundAtBeforeAndAfterTheStateShown) {
    const Recording recording = small_tree();  // marks at 1, 3 and 5
    EXPECT_EQ(resampled_state(recording, 0), -1);
    EXPECT_EQ(resampled_state(recording, 1), 1);
    EXPECT_EQ(resampled_state(recording, 2), 1);
    EXPECT_EQ(resampled_state(recording, 1, 1), 3);
    EXPECT_EQ(resampled_state(recording, 3, -1), 1);
    EXPECT_EQ(resampled_state(recording, 6, 1), -1);
    EXPECT_EQ(resampled_state(Recording{}, 0), -1);
}

TEST(ResamplingEvent, ANewestStateWithoutChildrenYetIsNone) {
    const Recording whole = small_tree();
    Recording half;
    half.start(whole.scene());
    half.append(whole.at(0));
    half.append(whole.at(1));
    EXPECT_EQ(resampled_state(half, 1), -1);
    half.append(whole.at(2));
    EXPECT_EQ(resampled_state(half, 2), 1);
}

TEST(ResamplingEvent, ParentsComeFromTheHeaviestDown) {
    auto event = resampling_at(small_tree(), 1);
    ASSERT_TRUE(event);
    EXPECT_EQ(heaviest_parents(*event, 3), (std::vector<int32_t>{3, 2, 1}));
    event->weights.clear();
    EXPECT_EQ(heaviest_parents(*event, 9), (std::vector<int32_t>{0, 2, 1, 3})) << "most children first, then by slot";
}

}  // namespace
}  // namespace drift
