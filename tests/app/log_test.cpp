#include "app/log.h"

#include <gtest/gtest.h>

#include <string>

namespace drift {
namespace {

TEST(Log, RepeatsAreCountedInsteadOfListed) {
    Log log;
    log.add(Level::Info, "again");
    log.add(Level::Info, "again");
    log.toast(Level::Info, "again");
    ASSERT_EQ(log.entries().size(), 1U);
    EXPECT_EQ(log.entries().front().repeats, 3);
    EXPECT_TRUE(log.entries().front().toast);
    EXPECT_EQ(log.count(), 3);
}

TEST(Log, TheSameWordsAtAnotherLevelAreAnotherEntry) {
    Log log;
    log.add(Level::Info, "words");
    log.add(Level::Error, "words");
    EXPECT_EQ(log.entries().size(), 2U);
}

TEST(Log, KeepsTheNewestAndForgetsTheRest) {
    Log log;
    for (int i = 0; i < 5000; ++i) {
        log.add(Level::Info, std::to_string(i));
    }
    EXPECT_LE(log.entries().size(), 2000U);
    EXPECT_EQ(log.entries().back().text, "4999");
}

}  // namespace
}  // namespace drift
