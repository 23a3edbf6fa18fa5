// What becomes of memory that tensors leave.
#pragma once

namespace drift {

/// Once, at the start of a program: memory that is freed, up to 256 MB of it, is kept for what is asked for next. The C
/// library gives large pieces back to the system, and each page of theirs then costs a fault when it is asked for
/// again: an evaluation of the picture prior takes a sixth longer, an iteration of a training twice as long.
void reuse_freed_memory();

}  // namespace drift
