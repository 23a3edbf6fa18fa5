#include "app/cli/commands.h"
#include "core/memory_reuse.h"

int main(int argc, char** argv) {
    drift::reuse_freed_memory();
    return drift::cli::main_of(argc, argv);
}
