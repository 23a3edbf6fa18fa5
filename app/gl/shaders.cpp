#include "app/gl/shaders.h"

#include "core/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace drift::gl {
namespace {

namespace fs = std::filesystem;

/// The program's folder and the ones above it, and the folder that it was started in.
std::vector<fs::path> places() {
    std::vector<fs::path> found;
    std::error_code ignored;
    fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (int level = 0; level < 4 && !folder.empty(); ++level) {
        found.push_back(folder / "shaders");
        found.push_back(folder / "share" / "driftscope" / "shaders");
        if (folder == folder.root_path()) {
            break;
        }
        folder = folder.parent_path();
    }
    found.push_back(fs::path("shaders"));
    return found;
}

std::string read_shader(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw RunError("the shader file " + path + " cannot be read; it belongs to the program");
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Shader compile(GLenum kind, const std::string& path) {
    const std::string source = read_shader(path);
    Shader shader(glCreateShader(kind));
    const char* text = source.c_str();
    glShaderSource(shader.name(), 1, &text, nullptr);
    glCompileShader(shader.name());
    GLint good = 0;
    glGetShaderiv(shader.name(), GL_COMPILE_STATUS, &good);
    if (good == 0) {
        char words[1024] = {};
        glGetShaderInfoLog(shader.name(), sizeof words, nullptr, words);
        throw RunError("the shader file " + path + " does not compile: " + words);
    }
    return shader;
}

}  // namespace

std::string shader_folder() {
    if (const char* named = std::getenv("DRIFT_SHADERS")) {
        if (!fs::is_directory(named)) {
            throw RunError(std::string("DRIFT_SHADERS names ") + named + ", which is no folder");
        }
        return named;
    }
    std::string tried;
    for (const fs::path& place : places()) {
        std::error_code ignored;
        if (fs::is_directory(place, ignored)) {
            return place.string();
        }
        tried += (tried.empty() ? "" : ", ") + place.string();
    }
    throw RunError("the folder with the shaders was not found; set DRIFT_SHADERS to it (tried " + tried + ")");
}

Program load_program(const std::string& name) {
    const std::string stem = shader_folder() + "/" + name;
    const Shader vertex = compile(GL_VERTEX_SHADER, stem + ".vert");
    const Shader fragment = compile(GL_FRAGMENT_SHADER, stem + ".frag");
    Program program(glCreateProgram());
    glAttachShader(program.name(), vertex.name());
    glAttachShader(program.name(), fragment.name());
    glLinkProgram(program.name());
    GLint good = 0;
    glGetProgramiv(program.name(), GL_LINK_STATUS, &good);
    if (good == 0) {
        char words[1024] = {};
        glGetProgramInfoLog(program.name(), sizeof words, nullptr, words);
        throw RunError("the shaders " + stem + ".vert and .frag do not fit together: " + words);
    }
    return program;
}

}  // namespace drift::gl
