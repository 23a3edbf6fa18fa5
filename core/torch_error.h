// LibTorch's errors carry pages of where they come from; what happened is one sentence of them.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <string>

namespace drift {

/// What happened, on one line. The interpreter of TorchScript puts its own traceback first and the reason behind it.
inline std::string torch_sentence(const std::exception& error) {
    const auto* own = dynamic_cast<const c10::Error*>(&error);
    std::string text = own != nullptr ? own->what_without_backtrace() : error.what();
    const std::string marker = "Error: ";
    if (const size_t reason = text.rfind(marker); reason != std::string::npos && text.find("Traceback") < reason) {
        text = text.substr(reason + marker.size());
    }
    return text.substr(0, text.find('\n'));
}

}  // namespace drift
