#include "core/kernels/parallel_for.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace drift::kernels {
namespace {

TEST(Chunks, HoldEveryItemOnceHoweverManyThereAreAndWhoeverTakesThem) {
    const int threads = at::get_num_threads();
    for (const int several : {1, 2, 3}) {
        at::set_num_threads(several);
        for (const int64_t n : {1, 63, 5'000, 50'000, 100'003}) {
            std::vector<std::atomic<int>> taken(static_cast<size_t>(n));
            for_chunks_on_cpu(n, [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i) {
                    ++taken.at(static_cast<size_t>(i));
                }
            });
            int64_t once = 0;
            for (const std::atomic<int>& each : taken) {
                once += each == 1 ? 1 : 0;
            }
            EXPECT_EQ(once, n) << several << " threads";
        }
    }
    at::set_num_threads(threads);
}

}  // namespace
}  // namespace drift::kernels
