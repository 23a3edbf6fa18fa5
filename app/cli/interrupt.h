// Ctrl+C and kill, for commands that keep what they have so far.
#pragma once

namespace drift::cli {

/// From now on the first SIGINT or SIGTERM is noted and no more; a second one ends the program at once.
void note_interrupts();

/// Whether there has been one.
bool interrupted();

}  // namespace drift::cli
