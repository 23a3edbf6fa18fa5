// Who listens to a runner, and runs for it to do.
#pragma once

#include "core/runner.h"
#include "support/problems.h"

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace drift::test {

/// Collects news until `done` says so; fails after a while.
class Listener {
public:
    template <class Done>
    void wait(Runner& runner, const Done& done) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!done(*this)) {
            ASSERT_LT(std::chrono::steady_clock::now(), until) << "no news of what was awaited";
            News news = runner.take_news();
            revision = news.revision;
            if (news.scene) {
                ++scenes;
                scene = news.scene;
                frames.clear();
                warnings.clear();
                summary.reset();
            }
            if (news.adjusted_scene) {
                scene = news.adjusted_scene;
            }
            warnings.insert(warnings.end(), news.warnings.begin(), news.warnings.end());
            notes.insert(notes.end(), news.notes.begin(), news.notes.end());
            frames.insert(frames.end(), news.frames.begin(), news.frames.end());
            if (news.summary) {
                summary = news.summary;
            }
            if (!news.error.empty()) {
                error = news.error;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    uint64_t revision = 0;
    int scenes = 0;  // of runs that began
    std::shared_ptr<const Scene> scene;
    std::vector<FramePtr> frames;
    std::vector<std::string> warnings;
    std::vector<Note> notes;
    std::optional<Summary> summary;
    std::string error;
};

inline Scenario small(const std::string& sampler) {
    Scenario scenario = scene_a(sampler);
    scenario.particles = 64;
    return scenario;
}

/// Longer than the two seconds from which a run takes over changes on its way: 0.4 ms a step, with 200000 particles.
inline Scenario long_one() {
    Scenario scenario = scene_a("tds");
    scenario.particles = 200000;
    scenario.schedule.params.set("steps", int64_t{5000});
    return scenario;
}

}  // namespace drift::test
