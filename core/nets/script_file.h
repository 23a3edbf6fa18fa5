// TorchScript files, which run code of their own: opened only where a user names one.
#pragma once

#include <string>

namespace torch::jit {
struct Module;
}

namespace drift {

/// Its module on the CPU, for evaluation. `key` is that of the scenario, for messages. Throws UserError.
torch::jit::Module read_script(const std::string& key, const std::string& file, const std::string& folder);

/// What the user should know of it once.
std::string script_warning(const std::string& file);

}  // namespace drift
