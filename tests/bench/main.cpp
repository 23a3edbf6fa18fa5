#include "bench/bench.h"

#include "core/kernels/exec.h"
#include "core/memory_reuse.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <vector>

namespace drift::bench {
namespace {

struct Entry {
    const char* name;
    void (*run)();
    bool table = false;
};

std::vector<Entry>& sections() {
    static std::vector<Entry> all;
    return all;
}

std::map<std::string, std::string>& options() {
    static std::map<std::string, std::string> all;
    return all;
}

/// On a machine that others use as well, processor time on one thread says more than the clock on the wall.
bool& use_processor_time() {
    static bool use = false;
    return use;
}

double now() {
    if (use_processor_time()) {
        return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A line of /proc/self/status, in bytes.
double status(const std::string& key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(key, 0) == 0) {
            return 1024 * std::stod(line.substr(key.size() + 1));
        }
    }
    return std::numeric_limits<double>::quiet_NaN();
}

const char* vectors() {
    switch (kernels::cpu_vectors()) {
        case kernels::CpuVectors::Avx512:
            return "AVX-512";
        case kernels::CpuVectors::Avx2:
            return "AVX2";
        default:
            return "baseline";
    }
}

}  // namespace

Section::Section(const char* name, void (*run)()) {
    sections().push_back({name, run});
}

Table::Table(const char* name, void (*run)()) {
    sections().push_back({name, run, true});
}

std::string option(const std::string& name, const std::string& otherwise) {
    const auto found = options().find(name);
    return found == options().end() ? otherwise : found->second;
}

int64_t number_option(const std::string& name, int64_t otherwise) {
    return std::stoll(option(name, std::to_string(otherwise)));
}

std::vector<std::string> list_option(const std::string& name, const std::string& otherwise) {
    std::vector<std::string> parts;
    std::istringstream text(option(name, otherwise));
    for (std::string part; std::getline(text, part, ',');) {
        parts.push_back(part);
    }
    return parts;
}

double seconds(const std::function<void()>& call, double budget) {
    constexpr int fewest = 3;  // the first call also pays for fresh memory
    double best = std::numeric_limits<double>::infinity();
    const double start = now();
    for (int calls = 0; calls < fewest || now() - start < budget; ++calls) {
        const double before = now();
        call();
        best = std::min(best, now() - before);
    }
    return best;
}

double peak_memory(const std::function<void()>& call) {
    std::ofstream("/proc/self/clear_refs") << 5;  // resets the peak
    const double before = status("VmRSS:");
    call();
    return std::max(0., status("VmHWM:") - before);
}

std::string short_number(double value) {
    const char* unit = "";
    for (const char* larger : {"k", "M", "G"}) {
        if (value < 1000) {
            break;
        }
        value /= 1000;
        unit = larger;
    }
    char text[32];
    std::snprintf(text, sizeof(text), value < 100 ? "%.1f %s" : "%.0f %s", value, unit);
    return text;
}

void row(const std::string& what, double ours_per_second, double plain_per_second, const std::string& remark) {
    std::printf("  %-58s %10s/s %10s/s %7.1fx  %s\n", what.c_str(), short_number(ours_per_second).c_str(),
                short_number(plain_per_second).c_str(), ours_per_second / plain_per_second, remark.c_str());
    std::fflush(stdout);
}

}  // namespace drift::bench

namespace {

using namespace drift::bench;  // NOLINT(google-build-using-namespace)

/// Takes "--name value" out of the arguments.
void take_options(std::vector<std::string>& arguments) {
    for (size_t i = 0; i + 1 < arguments.size();) {
        if (arguments[i].rfind("--", 0) == 0) {
            options()[arguments[i].substr(2)] = arguments[i + 1];
            arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i),
                            arguments.begin() + static_cast<std::ptrdiff_t>(i + 2));
        } else {
            ++i;
        }
    }
}

bool names_a_table(const std::vector<std::string>& wanted) {
    return std::any_of(sections().begin(), sections().end(), [&](const Entry& section) {
        return section.table && std::find(wanted.begin(), wanted.end(), section.name) != wanted.end();
    });
}

bool is_wanted(const Entry& section, const std::vector<std::string>& wanted) {
    if (section.table || names_a_table(wanted)) {
        return section.table && std::find(wanted.begin(), wanted.end(), section.name) != wanted.end();
    }
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
               return std::string(section.name).find(each) != std::string::npos;
           });
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::string> wanted(arguments + 1, arguments + count);
    if (std::erase(wanted, "--reuse-memory") > 0) {  // as the program does; plain LibTorch is then faster, too
        drift::reuse_freed_memory();
    }
    use_processor_time() = std::erase(wanted, "--processor-time") > 0;
    take_options(wanted);
    if (use_processor_time()) {
        at::set_num_threads(1);
    }
    std::printf("%d threads%s, kernels use %s\n", at::get_num_threads(), use_processor_time() ? ", processor time" : "",
                vectors());
    for (const Entry& section : sections()) {
        if (!is_wanted(section, wanted)) {
            continue;
        }
        if (section.table) {
            std::printf("\n");
        } else {
            std::printf("\n%-60s %12s %12s %8s\n", section.name, "ours", "LibTorch", "ratio");
        }
        section.run();
    }
    return 0;
}
