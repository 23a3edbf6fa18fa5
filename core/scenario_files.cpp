#include "core/scenario_files.h"

#include "core/terms.h"

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace drift {
namespace {

namespace fs = std::filesystem;
using Rename = std::function<std::string(const std::string&)>;

Choice renamed(Choice choice, const Rename& rename);

/// A text that may be anything is the name of a file: no parameter takes other words than those it lists.
Value renamed(const Param& param, const Rename& rename) {
    if (const auto* text = std::get_if<std::string>(&param.value)) {
        return param.options.empty() && !text->empty() ? rename(*text) : *text;
    }
    if (const auto* image = std::get_if<ImageSource>(&param.value)) {
        ImageSource named = *image;
        named.file = named.file.empty() ? named.file : rename(named.file);
        return named;
    }
    if (const auto* terms = std::get_if<Terms>(&param.value)) {
        std::vector<Term> list = list_of(*terms);
        for (Term& term : list) {
            term.condition = renamed(std::move(term.condition), rename);
        }
        return list.empty() ? *terms : terms_of(std::move(list));
    }
    return param.value;
}

Choice renamed(Choice choice, const Rename& rename) {
    const ParamSet before = choice.params;
    for (const Param& param : before) {
        if (const Value now = renamed(param, rename); now != param.value) {
            choice.params.set(param.key, now);
        }
    }
    return choice;
}

Scenario renamed(Scenario scenario, const Rename& rename) {
    for (const Kind kind : {Kind::Prior, Kind::Condition, Kind::Schedule, Kind::Sampler}) {
        Choice& part = part_of(scenario, kind);
        part = renamed(std::move(part), rename);
    }
    return scenario;
}

fs::path place(const std::string& folder) {
    return {folder.empty() ? "." : folder};
}

/// `name` in `from` as it is said in `to`.
std::string seen_from(const fs::path& to, const fs::path& from, const std::string& name) {
    std::error_code error;
    const fs::path file = from / name;
    if (fs::path(name).is_absolute() || !fs::is_regular_file(file, error)) {
        return name;
    }
    if (const fs::path near = fs::relative(file, to, error); !near.empty() && fs::equivalent(to / near, file, error)) {
        return near.string();
    }
    return fs::absolute(file, error).string();
}

/// What is known of a file that was read.
struct Sum {
    fs::file_time_type written;
    uintmax_t size = 0;
    std::string text;
};

/// CRC-32 of all bytes and their number.
std::string read_checksum(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    uLong crc = crc32(0, nullptr, 0);
    int64_t size = 0;
    std::vector<char> block(size_t{1} << 16);
    while (stream.read(block.data(), static_cast<std::streamsize>(block.size())), stream.gcount() > 0) {
        const auto* bytes = reinterpret_cast<const Bytef*>(block.data());
        crc = crc32_z(crc, bytes, static_cast<z_size_t>(stream.gcount()));
        size += stream.gcount();
    }
    return ":crc32:" + std::to_string(crc) + ":" + std::to_string(size);
}

/// Empty where there is no such file, as with those that come with the program: a name is all there is to them.
std::string checksum_of(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        return {};
    }
    const fs::file_time_type written = fs::last_write_time(file, error);
    const uintmax_t size = fs::file_size(file, error);
    static std::mutex mutex;
    static std::map<std::string, Sum> known;  // the files that scenarios of this process name: a handful
    const std::scoped_lock lock(mutex);
    Sum& sum = known[fs::absolute(file, error).lexically_normal().string()];
    if (sum.text.empty() || sum.written != written || sum.size != size) {
        sum = {written, size, read_checksum(file)};
    }
    return sum.text;
}

/// A file of `folder` by what is in it.
Rename told_by_contents(const std::string& folder) {
    return [from = place(folder)](const std::string& name) {
        return fs::path(name).filename().string() + checksum_of(from / name);
    };
}

}  // namespace

Scenario moved_to(Scenario scenario, const std::string& folder) {
    const fs::path from = place(scenario.folder);
    const fs::path to = place(folder);
    std::error_code error;
    if (!fs::equivalent(from, to, error)) {
        scenario = renamed(std::move(scenario), [&](const std::string& name) { return seen_from(to, from, name); });
    }
    scenario.folder = folder;
    return scenario;
}

Choice with_contents(Choice choice, const std::string& folder) {
    return renamed(std::move(choice), told_by_contents(folder));
}

Scenario with_contents(Scenario scenario) {
    const Rename rename = told_by_contents(std::exchange(scenario.folder, {}));
    return renamed(std::move(scenario), rename);
}

}  // namespace drift
