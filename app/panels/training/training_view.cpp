#include "app/panels/training/training_view.h"

#include "app/gl/graphics.h"
#include "app/panels/training/training_plots.h"

namespace drift {
namespace {

/// Whether weights that a recording starts with are those of the one before, and not from a file.
bool keeps_weights(const PanelContext& context) {
    const ParamSet& params = context.scenario().sampler.params;
    const auto* file = params.contains("weights") ? std::get_if<std::string>(&params.at("weights").value) : nullptr;
    return file != nullptr && file->empty();
}

}  // namespace

TrainingView& training_of(const PanelContext& context) {
    TrainingView& training = context.graphics->training;
    training.history.extend(context.recording, context.recording_id, keeps_weights(context),
                            context.scenario().condition);
    return training;
}

}  // namespace drift
