#include "app/session.h"

#include "core/scenario_files.h"

#include <utility>

namespace drift {
namespace {

constexpr size_t max_undo = 500;

bool same(const Scenario& a, const Scenario& b) {
    return same_values(a, b) && a.title == b.title && a.caption == b.caption && a.folder == b.folder;
}

std::string folder_of(const std::string& path) {
    const size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

}  // namespace

Session::Session(Scenario scenario, std::string path) : state_{scenario, scenario, std::move(path)} {}

bool Session::edit(const std::string& name, const Change& change, bool finished) {
    Scenario edited = state_.scenario;
    change(edited);
    if (gesture_open_ && gesture_.name != name) {
        finish();
    }
    const bool changed = !same(edited, state_.scenario);
    if (changed) {
        if (!gesture_open_) {
            gesture_ = {name, state_};
            gesture_open_ = true;
        }
        state_.scenario = std::move(edited);
        ++revision_;
    }
    if (finished) {
        finish();
    }
    return changed;
}

void Session::finish() {
    if (gesture_changed()) {
        remember(std::move(gesture_));
    }
    gesture_open_ = false;
}

void Session::remember(Entry entry) {
    undo_.push_back(std::move(entry));
    redo_.clear();
    if (undo_.size() > max_undo) {
        undo_.erase(undo_.begin());
    }
}

bool Session::gesture_changed() const {
    return gesture_open_ && !same(gesture_.other.scenario, state_.scenario);
}

std::string Session::undo_name() const {
    if (gesture_changed()) {
        return gesture_.name;
    }
    return undo_.empty() ? std::string{} : undo_.back().name;
}

std::string Session::redo_name() const {
    return redo_.empty() ? std::string{} : redo_.back().name;
}

std::string Session::swap_with(std::vector<Entry>& from, std::vector<Entry>& to) {
    finish();
    if (from.empty()) {
        return {};
    }
    Entry entry = std::move(from.back());
    from.pop_back();
    std::swap(entry.other, state_);
    ++revision_;
    const std::string name = entry.name;
    to.push_back(std::move(entry));
    return name;
}

std::string Session::undo() {
    return swap_with(undo_, redo_);
}

std::string Session::redo() {
    return swap_with(redo_, undo_);
}

bool Session::dirty() const {
    return !same(state_.scenario, state_.saved);
}

void Session::replace(Scenario scenario, std::string path) {
    finish();
    remember({"open " + (scenario.title.empty() ? path : scenario.title), state_});
    state_ = {scenario, scenario, std::move(path)};
    ++revision_;
}

void Session::open(const std::string& path) {
    replace(load_scenario(path), path);
}

void Session::save(const std::string& path) {
    finish();
    const Scenario written = moved_to(state_.scenario, folder_of(path));
    save_scenario(written, path);
    state_ = {written, written, path};
}

}  // namespace drift
