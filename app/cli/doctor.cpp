#include "app/cli/commands.h"
#include "app/paths.h"
#include "core/system_info.h"
#include "core/text.h"

#include <hello_imgui/hello_imgui_include_opengl.h>

#define GLFW_INCLUDE_NONE  // the functions of OpenGL come from Hello ImGui's loader
#include <GLFW/glfw3.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>

namespace drift::cli {
namespace {

void line(const std::string& name, const std::string& state) {
    constexpr size_t width = 12;
    std::cout << name << std::string(name.size() < width ? width - name.size() : 1, ' ') << state << "\n";
}

/// Opens a hidden window with the OpenGL that the window needs, and says what drew it.
std::string open_gl() {
    glfwSetErrorCallback(nullptr);
    if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) {
        return "no display: driftscope run works, and driftscope shot under xvfb-run";
    }
    if (glfwInit() != GLFW_TRUE) {
        return "the display cannot be reached: driftscope run works, and driftscope shot under xvfb-run";
    }
    glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    std::string state = "OpenGL 3.3 is missing: the window cannot open, driftscope run works";
    if (GLFWwindow* window = glfwCreateWindow(64, 64, "driftscope doctor", nullptr, nullptr)) {
        glfwMakeContextCurrent(window);
        if (gladLoadGL() != 0) {
            state = std::string(reinterpret_cast<const char*>(glGetString(GL_VERSION))) + ", " +
                    reinterpret_cast<const char*>(glGetString(GL_RENDERER));
        }
        glfwDestroyWindow(window);
    }
    glfwTerminate();
    return state;
}

std::string device(const SystemInfo& system) {
    if (!system.cuda_compiled) {
        return "cpu (built without CUDA)";
    }
    return system.cuda_usable ? "cpu, or cuda with --device cuda" : "cpu (built with CUDA, but there is no device)";
}

void print(const std::string& kind, const std::vector<Finding>& findings, const std::string& none) {
    if (findings.empty()) {
        line(kind, none);
    }
    for (const Finding& finding : findings) {
        line(kind, finding.name + ": " + finding.state);
    }
}

int doctor_command() {
    const SystemInfo system = system_info();
    line("driftscope", DRIFT_VERSION);
    line("LibTorch", system.libtorch + ", " + system.processor);
    line("device", device(system));
    line("threads", std::to_string(system.threads) + " of " + std::to_string(system.cores) + " cores");
    line("memory", number_text(std::round(system.memory_gigabytes * 10) / 10) + " GB");
    line("OpenGL", open_gl());
    const std::string assets = assets_folder();
    line("assets", assets.empty() ? "not found beside the program nor in $DRIFT_ASSETS" : assets);
    line("scenarios", std::to_string(shipped_scenarios().size()));
    print("weights", assets.empty() ? std::vector<Finding>{} : check_weights(assets + "/weights"), "none");
    print("data", check_data(), "none");
    return 0;
}

}  // namespace

void add_doctor(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand("doctor", "What this machine offers and what would be used");
    command->callback([&chosen] { chosen = [] { return doctor_command(); }; });
}

}  // namespace drift::cli
