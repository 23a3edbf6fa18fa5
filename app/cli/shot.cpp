#include "app/app.h"
#include "app/application.h"
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/scenario_options.h"
#include "app/window.h"
#include "core/error.h"
#include "core/text.h"

#include <charconv>
#include <memory>

namespace drift::cli {
namespace {

constexpr int64_t longest_run = 1'000'000'000;  // steps; more than any run has

struct Options : ScenarioOptions {
    std::string out;
    int64_t step = -1;  // the end
    std::string size = "1280x800";
    bool light = false;
    std::string layout;
    std::string panel;
    std::string part;
    std::string phase;
};

/// "1280x800"; throws UserError.
void read_size(const std::string& text, WindowOptions& window) {
    const char* last = text.data() + text.size();
    const auto [x, width_error] = std::from_chars(text.data(), last, window.width);
    const bool separated = width_error == std::errc{} && x != last && *x == 'x';
    const auto [end, height_error] = std::from_chars(separated ? x + 1 : last, last, window.height);
    const auto fits = [](int extent) { return extent >= 320 && extent <= 8192; };
    if (!separated || height_error != std::errc{} || end != last || !fits(window.width) || !fits(window.height)) {
        throw UserError("'--size' is " + in_quotes(text) + " but takes WxH, such as 1280x800, from 320 to 8192 each");
    }
}

int shot_command(const Options& options) {
    WindowOptions window;
    read_size(options.size, window);
    window.scenario = scenario_of(options);
    window.path = options.file;
    window.device = device_of(options);
    window.light = options.light;
    window.layout = options.layout;
    window.panel = options.panel;
    window.part = options.part;
    window.phase = options.phase;
    window.hidden = true;
    window.settings = false;
    return take_screenshot(window, options.out, options.step);
}

}  // namespace

void add_shot(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand("shot", "Run a scenario and write a picture of the window");
    const auto options = std::make_shared<Options>();
    add_scenario_options(*command, *options);
    command->add_option("--out", options->out, "Picture to write")->required()->option_text("PNG");
    command->add_option("--step", options->step, "Show this step instead of the last one")
        ->option_text("K")
        ->check(whole_number(0, longest_run));
    command->add_option("--size", options->size, "Size of the window, 1280x800 unless given")->option_text("WxH");
    command->add_option("--layout", options->layout, "Layout of the panels")->check(CLI::IsMember(layout_names()));
    command->add_option("--panel", options->panel, "Panel to bring to the front")
        ->check(CLI::IsMember(Application::panel_names()));
    command->add_option("--part", options->part, "Tab or choice within a panel, such as Loss or agreement")
        ->option_text("NAME");
    command->add_option("--phase", options->phase, "Phase of the step")
        ->check(CLI::IsMember({"Propagate", "Weight", "Resample", "Move"}));
    command->add_flag("--light", options->light, "Light colours");
    command->callback([options, &chosen] { chosen = [options] { return shot_command(*options); }; });
}

}  // namespace drift::cli
