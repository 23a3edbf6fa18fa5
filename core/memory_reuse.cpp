#include "core/memory_reuse.h"

#include <cstdlib>  // says whose C library this is

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace drift {

void reuse_freed_memory() {
#ifdef __GLIBC__
    constexpr int largest_threshold = 32 << 20;  // that glibc takes
    constexpr int kept = 256 << 20;
    mallopt(M_MMAP_THRESHOLD, largest_threshold);
    mallopt(M_TRIM_THRESHOLD, kept);
#endif
}

}  // namespace drift
