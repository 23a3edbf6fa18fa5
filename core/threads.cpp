#include "core/threads.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <thread>

namespace drift {

void use_threads(int count) {
    at::set_num_threads(std::max(1, count));
}
int threads_in_use() {
    return at::get_num_threads();
}
int cores() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace drift
