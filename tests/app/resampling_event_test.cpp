#include "app/resampling_event.h"

#include "trees.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

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

TEST(ResamplingEvent, ChildrenStandInTheOrderOfTheirParents) {
    const auto event = resampling_at(make_tree(3, {{}, {1, 2, 1}, {}, {0, 0, 0}}, true), 1);
    ASSERT_TRUE(event);
    EXPECT_EQ(children_of(*event, {2, 0, 1}), (std::vector<int32_t>{1, 0, 2}));
    EXPECT_EQ(children_of(*event, {1}), (std::vector<int32_t>{0, 2})) << "of those asked for";
    EXPECT_TRUE(children_of(*event, {0}).empty());
}

TEST(ResamplingEvent, OnALadderTheMarkedStateHoldsTheChildren) {
    const Recording recording = make_tree(3, {{}, {1, 1, 2}, {}, {0, 0, 0}}, true);
    const auto event = resampling_at(recording, 1);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->parents, 0);
    EXPECT_EQ(event->children, 1);
    EXPECT_EQ(event->counts, (std::vector<int32_t>{0, 2, 1}));
    ASSERT_EQ(event->weights.size(), 3U) << "those before the resampling, which the marked state has not any more";
    EXPECT_GT(event->weights[2], event->weights[0]);
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

/// The same recording, with a parameter changed before this state.
Recording edited_before(const Recording& whole, int64_t state) {
    Recording edited;
    edited.start(whole.scene());
    for (int64_t k = 0; k < whole.size(); ++k) {
        auto frame = std::make_shared<Frame>(*whole.at(k));
        frame->edited = k == state;
        edited.append(frame);
    }
    return edited;
}

TEST(ResamplingEvent, IsOfTheSchemeOfNowUnlessAParameterWasChangedAfterIt) {
    const Recording recording = small_tree();
    const auto event = resampling_at(recording, 1);  // its children are state 2
    ASSERT_TRUE(event);
    const std::vector<int32_t> other{1, 1, 1, 1};
    EXPECT_TRUE(drawn_by_run(recording, *event, other)) << "another draw of the same scheme, as after sorting";
    EXPECT_TRUE(drawn_by_run(edited_before(recording, 2), *event, other)) << "drawn after the change";
    EXPECT_FALSE(drawn_by_run(edited_before(recording, 3), *event, other)) << "drawn before it";
    EXPECT_TRUE(drawn_by_run(edited_before(recording, 3), *event, event->counts)) << "the change was of something else";
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
