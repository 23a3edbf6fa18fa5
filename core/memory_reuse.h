// What becomes of memory that tensors leave.
#pragma once

namespace drift {

/// Once, at the start of a program: memory that is freed in pieces of less than 32 MB is kept for what is asked for
/// next, up to 256 MB at the end of each thread's own. The C library gives large pieces back to the system, and each
/// page of theirs then costs a fault when it is asked for again: an evaluation of the picture prior takes a sixth
/// longer, an iteration of a training up to twice as long.
void reuse_freed_memory();

}  // namespace drift
