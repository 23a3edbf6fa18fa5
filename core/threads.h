// How many threads arithmetic takes. One pool serves kernels and networks; numbers do not depend on its size.
#pragma once

namespace drift {

/// For what the calling thread computes from now on, at least 1.
void use_threads(int count);
int threads_in_use();
int cores();

}  // namespace drift
