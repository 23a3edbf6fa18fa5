#include "core/nets/script_file.h"

#include "core/error.h"

#include <c10/core/InferenceMode.h>
#include <torch/script.h>

#include <filesystem>

namespace drift {

torch::jit::Module read_script(const std::string& key, const std::string& file, const std::string& folder) {
    const std::filesystem::path path = std::filesystem::path(folder) / file;
    std::error_code error;
    if (file.empty() || !std::filesystem::is_regular_file(path, error)) {
        throw UserError("'" + key + "' is '" + file + "', but there is no such TorchScript file");
    }
    const c10::InferenceMode off(false);  // numbers that a backward pass may keep
    torch::jit::Module module;
    try {
        module = torch::jit::load(path.string(), torch::kCPU);
    } catch (const std::exception&) {
        throw UserError("'" + key + "' names " + file + ", which is not a TorchScript file");
    }
    module.eval();
    for (const torch::Tensor& parameter : module.parameters()) {
        parameter.set_requires_grad(false);
    }
    return module;
}

std::string script_warning(const std::string& file) {
    return file + " is a TorchScript file: it runs code of its own; use only files that you trust";
}

}  // namespace drift
