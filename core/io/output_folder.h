// The folder that results are written to: complete or not there at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace drift {

/// Collects files in a temporary folder beside the wanted one. What is not committed is removed again.
class OutputFolder {
public:
    /// Throws UserError where `path` exists, unless `overwrite` and it holds nothing but results of `driftscope run`.
    OutputFolder(const std::string& path, bool overwrite);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    /// `name` may lie in a folder of its own: "3/samples.npy". Throws UserError.
    void write(const std::string& name, std::string_view bytes);
    /// Gives the folder its name, in place of an older one. Throws UserError.
    void commit();

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
};

}  // namespace drift
