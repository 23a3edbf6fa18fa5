#include "app/cli/commands.h"

int main(int argc, char** argv) {
    return drift::cli::main_of(argc, argv);
}
