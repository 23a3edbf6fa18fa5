// The scenario that is being edited, its history and its file. Plain values without ImGui: what a gesture in the window
// means is tested here. interface.md 5.6: one gesture, from press to release, is one named undo step.
#pragma once

#include "core/scenario.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace drift {

class Session {
public:
    using Change = std::function<void(Scenario&)>;

    explicit Session(Scenario scenario = {}, std::string path = {});

    const Scenario& scenario() const { return state_.scenario; }
    /// Grows whenever the scenario changes its values, by an edit, by undo or by a file.
    uint64_t revision() const { return revision_; }

    /// Applies a change under a name such as "guidance: move knot 3". Calls of one name up to the one with `finished`
    /// are one gesture; another name ends it. Returns whether a value changed. Where `change` throws, the scenario
    /// stays as it was and the error goes on.
    bool edit(const std::string& name, const Change& change, bool finished = true);
    /// Ends an open gesture, for widgets that say so only afterwards.
    void finish();
    bool editing() const { return gesture_open_; }

    bool can_undo() const { return !undo_.empty() || gesture_changed(); }
    bool can_redo() const { return !redo_.empty(); }
    std::string undo_name() const;  ///< of the step that undo() takes back; empty where there is none
    std::string redo_name() const;
    /// Returns the name of the step that was taken back, empty where there was none.
    std::string undo();
    std::string redo();
    size_t undo_size() const { return undo_.size(); }

    const std::string& path() const { return state_.path; }  ///< empty for a scenario that has no file yet
    bool dirty() const;                                      ///< differs from what the file holds
    /// Takes over another scenario with its file. A step of the history like any other, so that nothing is lost.
    void replace(Scenario scenario, std::string path);
    /// Reads a file; throws UserError and keeps everything as it is where that fails.
    void open(const std::string& path);
    /// Writes the scenario and remembers the path; relative names of files still lead to them from another folder.
    /// Throws UserError.
    void save(const std::string& path);

private:
    struct State {
        Scenario scenario;
        Scenario saved;    // what the file holds
        std::string path;  // of the file
    };
    struct Entry {
        std::string name;
        State other;  // the state before the step in the undo list, after it in the redo list
    };

    bool gesture_changed() const;
    void remember(Entry entry);
    std::string swap_with(std::vector<Entry>& from, std::vector<Entry>& to);

    State state_;
    std::vector<Entry> undo_;
    std::vector<Entry> redo_;
    Entry gesture_;
    bool gesture_open_ = false;
    uint64_t revision_ = 1;
};

}  // namespace drift
