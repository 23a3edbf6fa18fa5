// The caption of the phase that is shown, for all panels that show it.
#pragma once

#include "app/panels/panels.h"

#include <string>

namespace drift {

/// phase_caption() of the view, made anew only where it may have changed.
std::string phase_text(const PanelContext& context);

}  // namespace drift
