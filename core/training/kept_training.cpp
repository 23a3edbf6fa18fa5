#include "core/training/kept_training.h"

#include "core/array_file.h"
#include "core/training/trained_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

namespace drift {
namespace {

namespace fs = std::filesystem;

constexpr double seconds_between = 2;
constexpr size_t most_files = 20;
constexpr const char* extension = ".training";

/// FNV-1a, 64 bits: what is read is compared with what was wanted all the same.
std::string name_for(const std::string& text) {
    uint64_t hash = 14695981039346656037U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    char name[17];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(hash));
    return std::string(name) + extension;
}

int64_t iterations_in(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        return 0;
    }
    try {
        return read_training_iterations(path);
    } catch (const UserError&) {
        return 0;  // it is written anew
    }
}

/// The newest stay, whatever they are of.
void remove_old(const fs::path& folder) {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == extension) {
            files.emplace_back(entry.last_write_time(error), entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    for (size_t i = 0; i + most_files < files.size(); ++i) {
        fs::remove(files[i].second, error);
    }
}

}  // namespace

KeptTraining::KeptTraining(const fs::path& folder, Origin origin)
    : path_(folder / name_for(origin.training.dump())), origin_(std::move(origin)), iterations_(iterations_in(path_)) {}

TrainerState KeptTraining::read(const TrainerState& like) const {
    return read_training(path_, "", like, origin_);
}

void KeptTraining::keep(const TrainerState& before, const TrainerState& now, bool end) const {
    const bool due = end || std::floor(now.seconds / seconds_between) > std::floor(before.seconds / seconds_between);
    if (path_.empty() || !due || now.iteration <= iterations_) {
        return;
    }
    std::error_code error;
    fs::create_directories(path_.parent_path(), error);  // where that fails, the writing says so
    write_training(path_, "", now, origin_);
    remove_old(path_.parent_path());
}

}  // namespace drift
