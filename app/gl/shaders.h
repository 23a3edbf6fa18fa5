// Programs of shaders/, loaded at run time so that they can be changed without compiling.
#pragma once

#include "app/gl/objects.h"

#include <string>

namespace drift::gl {

/// The folder with the shader files: DRIFT_SHADERS where it is set, else `shaders` beside the program or above it.
/// Throws RunError naming every place that was tried.
std::string shader_folder();

/// Compiles NAME.vert and NAME.frag. Throws RunError with the file, and the compiler's words, where that fails.
Program load_program(const std::string& name);

}  // namespace drift::gl
