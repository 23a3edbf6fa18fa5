#include "core/system_info.h"

#include "core/array_file.h"
#include "core/data/idx.h"
#include "core/error.h"
#include "core/text.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <thread>

namespace drift {
namespace {

namespace fs = std::filesystem;

Finding checked(const fs::path& path) {
    Finding finding{path.filename().string(), {}, false};
    try {
        std::error_code error;
        const auto bytes = static_cast<double>(fs::file_size(path, error));
        const ArrayFile file = read_array_file(path, weights_format);
        finding.state = number_text(std::round(bytes / 1e4) / 100) + " MB, checksum good";
        finding.good = true;
    } catch (const UserError& error) {
        finding.state = error.what();
    }
    return finding;
}

}  // namespace

SystemInfo system_info() {
    SystemInfo info;
    info.libtorch = TORCH_VERSION;
    info.processor = at::get_cpu_capability();
    info.threads = at::get_num_threads();
    info.cores = static_cast<int>(std::thread::hardware_concurrency());
    info.memory_gigabytes =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e9;
#ifdef DRIFT_CUDA
    info.cuda_compiled = true;
    info.cuda_usable = at::hasCUDA();
#endif
    return info;
}

std::vector<Finding> check_weights(const std::string& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file() && entry.path().extension() == ".weights") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    std::vector<Finding> findings;
    for (const fs::path& path : files) {
        findings.push_back(checked(path));
    }
    return findings;
}

std::vector<Finding> check_data() {
    const fs::path folder = fashion_mnist_folder;
    Finding finding{"fashion-mnist-test", {}, false};
    try {
        finding.state = std::to_string(read_fashion_mnist(folder, "t10k").size()) + " pictures in " + folder.string();
        finding.good = true;
    } catch (const UserError& error) {
        finding.state = std::string(error.what()) + "; Debian's package dataset-fashion-mnist has it";
    }
    return {finding};
}

}  // namespace drift
