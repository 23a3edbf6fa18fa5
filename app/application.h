// The window's state and what happens in a frame: collect news, move the playhead, draw panels, order what was edited.
// Free of GLFW and GL, so that the tests drive the same program on the null back end.
#pragma once

#include "app/app.h"
#include "app/comparison.h"
#include "app/file_dialog.h"
#include "app/frame_times.h"
#include "app/live_run.h"
#include "app/log.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/session.h"
#include "app/toasts.h"
#include "app/view.h"

#include "core/runner.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace drift {

class Application {
public:
    /// Loads what `options` name; where the scenario cannot be read, an empty one with the reason in the log.
    /// `on_news` is called on the worker's thread.
    Application(const WindowOptions& options, std::function<void()> on_news);

    // The frame, in this order.
    void begin_frame();  ///< before ImGui's new frame
    void draw_menus();
    void draw_panel(const std::string& name);  ///< one of panel_names()
    void draw_status();
    void draw_overlays();  ///< dialogs, keys, toasts; then the keys of this frame
    void end_frame();      ///< the draw lists are about to be made into a picture
    void frame_shown();    ///< the picture is on screen

    static const std::vector<std::string>& panel_names();

    /// A command by its name in app/shortcuts.h; "file.open:PATH" opens that file.
    void act(const std::string& action);
    bool knows(const std::string& action) const { return actions_.contains(action); }
    void open_file(const std::string& path);
    /// Files that were dropped on the window: opens the one that is a scenario, and says what is taken otherwise.
    void drop_files(const std::vector<std::string>& paths);

    /// Seconds until the next redraw is due without input: 0 for at once, infinite for never.
    double next_redraw() const;

    Session& session() { return session_; }
    View& view() { return view_; }
    Log& log() { return log_; }
    const LiveRun& live() const { return live_; }
    const Comparison& comparison() const { return comparison_; }
    FrameTimes& frame_times() { return frame_times_; }
    PanelMemory& memory() { return memory_; }
    std::vector<std::string>& recent_files() { return recent_files_; }
    PanelContext context();

    std::shared_ptr<Graphics> graphics;  // set once a GL context is there
    bool theme_changed = true;           // the style has to be made anew before the next frame
    bool layout_reset = false;
    bool wants_picture = false;  // save the next frame as a picture
    bool wants_exit = false;
    bool scenario_opened = false;  // from a file, which may ask for another layout

    /// Where such a picture goes: beside the scenario, in the home folder for scenarios without a file of the user's.
    std::string next_picture() const;

    /// Seconds within which a drag is answered, by a preview if need be.
    double answer_within = 0.1;

    /// OpenGL runs on the processor: draw less, and leave it a core.
    void draw_in_software();

    /// True where nothing would be lost; else asks the user, who may set wants_exit.
    bool may_exit();

private:
    void fill_actions();
    void fill_time_actions();
    void fill_view_actions();
    void take_news();
    void tell(const LiveRun::Changes& changes);
    void tell_warnings();
    void offer_kept_training();
    void post_to_comparer(Command command);
    void order_edits();
    bool goes_on_with(const Scenario& scenario) const;
    void handle_keys();
    void draw_menu(const char* name);
    void draw_recent();
    void draw_keys_overlay();
    void draw_about();
    void draw_exit_question();
    void drop_typing();
    void restart(bool resume);
    void save(bool ask);
    void save_weights();
    void load_weights();
    void sample_with(const std::string& file);
    /// Beside the scenario, or the home folder where that has no file or is one that came with the program.
    std::string users_folder() const;
    void set_type_size(double size);
    /// Brings a panel to the front, or the picture where the panel covers it.
    void toggle_panel(const std::string& name);

    Log log_;
    Session session_;
    View view_;
    PanelMemory memory_;
    Toasts toasts_;
    FileDialog dialog_;
    FrameTimes frame_times_;
    std::map<std::string, std::function<void()>> actions_;
    std::vector<std::string> recent_files_;
    uint64_t ordered_revision_ = 0;
    Scenario ordered_;            // what the newest run was asked for
    bool gesture_asked_ = false;  // the newest order was given in the middle of a gesture
    uint64_t told_recording_ = 0;
    uint64_t warned_recording_ = 0;
    uint64_t offered_ = 0;          // the recording that might have gone on from a kept training
    std::set<std::string> warned_;  // of what in it
    double last_frame_ = 0;
    double frame_start_ = 0;
    double frame_built_ = 0;
    double slowest_panel_seconds_ = 0;
    std::string slowest_panel_;
    std::vector<std::string> panels_drawn_, panels_before_;  // in this frame, and in the one before
    int settle_frames_ = 3;
    int64_t last_shown_step_ = -1;
    bool keys_shown_ = false;
    bool about_shown_ = false;
    bool exit_asked_ = false;
    std::function<void()> on_news_;
    Device device_;
    Runner runner_;  // before live_, which posts to it
    LiveRun live_;
    std::unique_ptr<Runner> comparer_;  // made by the first comparison
    Comparison comparison_;
};

}  // namespace drift
