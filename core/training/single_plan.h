// Products and convolutions that do not depend on the number of threads, where work is shared out around them.
#pragma once

#include <omp.h>

/// Of the library behind LibTorch's products, where it is that one.
extern "C" int MKL_Set_Num_Threads_Local(int count) __attribute__((weak));  // NOLINT(readability-identifier-naming)

namespace drift {

/// MKL plans a product for as many threads as it was promised, even where only one is left to carry the plan out, and
/// sums come out in another order: while this lives, products of this thread are planned for one.
///
/// oneDNN's gradient of a convolution's weights waits for as many threads as it believes to have: for ever, if it
/// counts those that are busy with other pieces. Inside a parallel region it is told of one, to the end of that region.
class SinglePlan {
public:
    SinglePlan() : before_(MKL_Set_Num_Threads_Local != nullptr ? MKL_Set_Num_Threads_Local(1) : 0) {
        if (omp_in_parallel() != 0) {
            omp_set_num_threads(1);
        }
    }
    ~SinglePlan() {
        if (MKL_Set_Num_Threads_Local != nullptr) {
            MKL_Set_Num_Threads_Local(before_);
        }
    }
    SinglePlan(const SinglePlan&) = delete;
    SinglePlan& operator=(const SinglePlan&) = delete;

private:
    int before_;
};

}  // namespace drift
