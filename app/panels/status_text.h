// What the status line says of the worker.
#pragma once

#include "app/panels/panels.h"

#include <string>

namespace drift {

/// "sampling", "paused", "finished", or why what is shown is not the run of the scenario.
std::string worker_text(const PanelContext& context);

}  // namespace drift
