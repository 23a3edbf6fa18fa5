// What this machine and build offer, for `driftscope doctor`. No LibTorch in here.
#pragma once

#include <string>
#include <vector>

namespace drift {

struct SystemInfo {
    std::string libtorch;   // "2.15.0"
    std::string processor;  // what LibTorch's own kernels use: "AVX2"
    int threads = 0;        // that a run uses
    int cores = 0;
    double memory_gigabytes = 0;
    bool cuda_compiled = false;  // our kernels were compiled by nvcc
    bool cuda_usable = false;    // and there is a device
};
SystemInfo system_info();

/// A file or data set that scenarios refer to.
struct Finding {
    std::string name;
    std::string state;  // "found, checksum good", or one sentence saying what is wrong
    bool good = false;
};

/// Reads every weight file below `folder` and checks its checksum.
std::vector<Finding> check_weights(const std::string& folder);
/// Looks for the data sets that scenarios may name.
std::vector<Finding> check_data();

}  // namespace drift
