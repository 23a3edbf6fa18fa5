// The folder that results are written to: complete or not there at all. What it replaces is there until then.
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
    /// Where a file of this name is to be written by somebody else; its folder is there.
    std::string place_of(const std::string& name) const;
    /// Gives the folder its name, in place of an older one, which stays where that fails; so do the new results, under
    /// the temporary name. Throws UserError, which says where.
    void commit();
    /// Keeps what a run that failed has left: under the folder's name, or, as no half result replaces a whole one,
    /// where there are older results under that name with ".failed" behind it. Returns the name. Throws UserError.
    std::string commit_failed();

private:
    void move_to(const std::filesystem::path& path);
    void take_place(const std::filesystem::path& path);
    /// Where older results wait while the new ones take their place.
    std::filesystem::path older() const;
    /// Says where results are that found no place: whatever was computed stays.
    std::string kept();

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    bool overwrite_ = false;
};

}  // namespace drift
