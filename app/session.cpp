#include "app/session.h"

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

Choice& part_of(Scenario& scenario, Kind kind) {
    switch (kind) {
        case Kind::Prior:
            return scenario.prior;
        case Kind::Condition:
            return scenario.condition;
        case Kind::Schedule:
            return scenario.schedule;
        case Kind::Sampler:
            break;
    }
    return scenario.sampler;
}

const Choice& part_of(const Scenario& scenario, Kind kind) {
    return part_of(const_cast<Scenario&>(scenario), kind);
}

Session::Session(Scenario scenario, std::string path)
    : scenario_(std::move(scenario)), saved_(scenario_), path_(std::move(path)) {}

bool Session::edit(const std::string& name, const Change& change, bool finished) {
    Scenario edited = scenario_;
    change(edited);
    if (gesture_open_ && gesture_.name != name) {
        finish();
    }
    const bool changed = !same(edited, scenario_);
    if (changed) {
        if (!gesture_open_) {
            gesture_ = {name, scenario_};
            gesture_open_ = true;
        }
        scenario_ = std::move(edited);
        ++revision_;
    }
    if (finished) {
        finish();
    }
    return changed;
}

void Session::finish() {
    if (gesture_changed()) {
        undo_.push_back(std::move(gesture_));
        redo_.clear();
        if (undo_.size() > max_undo) {
            undo_.erase(undo_.begin());
        }
    }
    gesture_open_ = false;
}

bool Session::gesture_changed() const {
    return gesture_open_ && !same(gesture_.other, scenario_);
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
    std::swap(entry.other, scenario_);
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
    return !same(scenario_, saved_);
}

void Session::replace(Scenario scenario, std::string path) {
    gesture_open_ = false;
    undo_.clear();
    redo_.clear();
    scenario_ = std::move(scenario);
    saved_ = scenario_;
    path_ = std::move(path);
    ++revision_;
}

void Session::open(const std::string& path) {
    replace(load_scenario(path), path);
}

void Session::save(const std::string& path) {
    finish();
    Scenario written = scenario_;
    written.folder = folder_of(path);
    save_scenario(written, path);
    scenario_ = std::move(written);
    saved_ = scenario_;
    path_ = path;
}

}  // namespace drift
