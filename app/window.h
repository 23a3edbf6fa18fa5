// How the application sits in Hello ImGui: panels and their layouts, fonts, theme, pacing, settings. The same for the
// window, for screenshots and for the tests on the null back end.
#pragma once

#include "app/app.h"
#include "app/application.h"

#include <hello_imgui/hello_imgui.h>

#include <string>
#include <vector>

namespace drift {

/// Of the layouts that can be chosen, the one of the first start first.
const std::vector<std::string>& layout_names();

/// Parameters with callbacks that refer to `application`, which has to outlive the run. `gl` is false on the null back
/// end.
HelloImGui::RunnerParams make_runner_params(Application& application, const WindowOptions& options, bool gl);

}  // namespace drift
