// Widgets for choices and their parameters, generated from the parameter sets. No method, prior or condition is named
// here or in any panel.
#pragma once

#include "app/panels/panels.h"

#include "core/catalog.h"

namespace drift {

/// A list of everything of that kind. Another choice keeps the changed values of parameters that both have.
void draw_choice(PanelContext& context, Kind kind);
/// One row for each parameter of that part of the scenario: title, widget, and a star that takes back the default.
void draw_params(PanelContext& context, Kind kind);
/// Another type for that part of the scenario, as the list and the one-click buttons do.
void choose(PanelContext& context, Kind kind, const std::string& type);

/// Two columns, titles and widgets, for rows of ones own between those of draw_params().
bool begin_rows(const char* id);
/// Begins a row; the widget goes into the rest of it. `changed` shows the star; returns whether it was clicked.
bool row(const char* title, bool changed = false);
void end_rows();
/// A tooltip of several lines on the last item, a line in grey each after the first.
void help_tooltip(const Help& help, const std::string& more = {});

}  // namespace drift
