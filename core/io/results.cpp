#include "core/io/results.h"

#include "core/strict_json.h"
#include "core/text.h"
#include "core/training_columns.h"

#include <cmath>
#include <functional>
#include <limits>

namespace drift {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

struct Column {
    std::string name;
    std::function<double(const StepNumbers&)> value;
    bool of_weights = false;  // undefined for methods without them
};

const std::vector<Column>& columns() {
    using N = StepNumbers;
    const auto real = [](double N::*member) { return [member](const N& n) { return n.*member; }; };
    const auto count = [](int64_t N::*member) {
        return [member](const N& n) { return static_cast<double>(n.*member); };
    };
    const auto flag = [](bool N::*member) { return [member](const N& n) { return n.*member ? 1.0 : 0.0; }; };
    static const std::vector<Column> all = {
        {"step", count(&N::step)},
        {"sigma", real(&N::sigma)},
        {"sigma_next", real(&N::sigma_next)},
        {"tau", real(&N::tau)},
        {"eta", real(&N::eta)},
        {"guidance", real(&N::guidance)},
        {"ess", real(&N::ess)},
        {"max_weight", real(&N::max_weight)},
        {"perplexity", real(&N::perplexity)},
        {"resampled", flag(&N::resampled)},
        {"distinct_parents", count(&N::distinct_parents)},
        {"eves", count(&N::eves)},
        {"log_z", real(&N::log_z), true},
        {"log_z_sd", real(&N::log_z_sd), true},
        {"log_z_sd_is_lower_bound", flag(&N::log_z_sd_is_lower_bound), true},
        {"force_median", real(&N::force_median)},
        {"force_low", real(&N::force_low)},
        {"force_high", real(&N::force_high)},
        {"non_finite", count(&N::non_finite)},
        {"denoiser_calls", count(&N::denoiser_calls)},
        {"beta", real(&N::beta)},
        {"acceptance", real(&N::acceptance)},
        {"step_size", real(&N::step_size)},
        {"conditional_ess", real(&N::conditional_ess), true},
        {"genealogical_ess", real(&N::genealogical_ess), true},
        {"log_prior", real(&N::log_prior)},
        {"amplification", real(&N::amplification)},
        {"reward_median", real(&N::reward_median)},
        {"reward_low", real(&N::reward_low)},
        {"reward_high", real(&N::reward_high)},
    };
    return all;
}

struct Measure {
    std::string name;
    std::function<double(const Summary&)> value;
};

/// The numbers that a summary reports and that repeats are averaged over.
const std::vector<Measure>& measures() {
    static const std::vector<Measure> all = {
        {"log_z", [](const Summary& s) { return s.log_z; }},
        {"log_z_sd", [](const Summary& s) { return s.log_z_sd; }},
        {"log_z_error", log_z_error},
        {"log_z_lower", [](const Summary& s) { return s.log_z_lower; }},
        {"log_z_upper", [](const Summary& s) { return s.log_z_upper; }},
        {"ess", [](const Summary& s) { return s.ess; }},
        {"eves", [](const Summary& s) { return static_cast<double>(s.eves); }},
        {"genealogical_ess", [](const Summary& s) { return s.genealogical_ess; }},
        {"pareto_k", [](const Summary& s) { return s.pareto_k; }},
        {"log_prior", [](const Summary& s) { return s.log_prior; }},
        {"residual", [](const Summary& s) { return s.residual; }},
        {"seconds", [](const Summary& s) { return s.seconds; }},
        {"training_seconds", [](const Summary& s) { return s.training_seconds; }},
    };
    return all;
}

const std::vector<Measure>& exact_measures() {
    static const std::vector<Measure> all = {
        {"log_z", [](const Summary& s) { return s.exact_log_z; }},
        {"log_z_discretised", [](const Summary& s) { return s.exact_log_z_discretised; }},
        {"sliced_w1", [](const Summary& s) { return s.sliced_w1; }},
        {"sliced_w1_floor", [](const Summary& s) { return s.sliced_w1_floor; }},
        {"mmd", [](const Summary& s) { return s.mmd; }},
        {"mmd_floor", [](const Summary& s) { return s.mmd_floor; }},
        {"energy", [](const Summary& s) { return s.energy; }},
        {"energy_floor", [](const Summary& s) { return s.energy_floor; }},
        {"mode_mass_tv", [](const Summary& s) { return s.mode_mass_tv; }},
        {"mode_mass_tv_floor", [](const Summary& s) { return s.mode_mass_tv_floor; }},
        {"off_manifold", [](const Summary& s) { return s.off_manifold; }},
    };
    return all;
}

Json number_or_null(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

Json values(const std::vector<Measure>& measured, const Summary& summary) {
    Json json = Json::object();
    for (const Measure& measure : measured) {
        json[measure.name] = number_or_null(measure.value(summary));
    }
    return json;
}

struct Statistics {
    double mean = undefined;
    double standard_error = undefined;
};

Statistics statistics(const Measure& measure, const std::vector<Summary>& summaries) {
    const auto n = static_cast<double>(summaries.size());
    double mean = 0;
    for (const Summary& summary : summaries) {
        mean += measure.value(summary) / n;
    }
    double squares = 0;
    for (const Summary& summary : summaries) {
        squares += std::pow(measure.value(summary) - mean, 2);
    }
    return {mean, summaries.size() > 1 ? std::sqrt(squares / (n - 1) / n) : undefined};
}

Json all_statistics(const std::vector<Measure>& measured, const std::vector<Summary>& summaries) {
    Json json = Json::object();
    for (const Measure& measure : measured) {
        const Statistics known = summaries.empty() ? Statistics{} : statistics(measure, summaries);
        json[measure.name] = {{"mean", number_or_null(known.mean)},
                              {"standard_error", number_or_null(known.standard_error)}};
    }
    return json;
}

}  // namespace

std::string training_csv(const std::vector<TrainingNumbers>& states) {
    if (states.empty()) {
        return "";
    }
    std::string text;
    for (const TrainingColumn& column : training_columns()) {
        text += (text.empty() ? "" : ",") + column.name;
    }
    text += "\n";
    for (const TrainingNumbers& state : states) {
        const char* separator = "";
        for (const TrainingColumn& column : training_columns()) {
            const double value = column.value(state);
            text += separator + (std::isnan(value) ? "nan" : number_text(value));
            separator = ",";
        }
        text += "\n";
    }
    return text;
}

std::string steps_csv(const std::vector<StepNumbers>& states, bool weighted) {
    std::string text;
    for (const Column& column : columns()) {
        text += (text.empty() ? "" : ",") + column.name;
    }
    text += "\n";
    for (const StepNumbers& state : states) {
        const char* separator = "";
        for (const Column& column : columns()) {
            const double value = column.of_weights && !weighted ? undefined : column.value(state);
            text += separator + (std::isnan(value) ? "nan" : number_text(value));
            separator = ",";
        }
        text += "\n";
    }
    return text;
}

std::string summary_json(const Summary& summary, const std::string& error) {
    Json json = values(measures(), summary);
    const bool weighted = std::isfinite(summary.log_z);
    json["log_z_sd_is_lower_bound"] = weighted ? Json(summary.log_z_sd_is_lower_bound) : Json();
    json["denoiser_calls"] = summary.denoiser_calls;
    json["particles"] = summary.particles;
    json["steps"] = summary.steps;
    json["seed"] = summary.seed;
    json["device"] = summary.device;
    json["non_finite"] = summary.non_finite;
    json["warnings"] = summary.warnings;
    if (!error.empty()) {
        json["error"] = error;
    }
    json["exact"] = values(exact_measures(), summary);
    return pretty(json);
}

std::string repeats_json(const std::vector<Summary>& summaries, const std::string& error) {
    Json json = {{"repeats", summaries.size()}};
    if (!summaries.empty()) {
        const Summary& first = summaries.front();
        json["seed"] = first.seed;
        json["particles"] = first.particles;
        json["steps"] = first.steps;
        json["device"] = first.device;
        json["warnings"] = first.warnings;
    }
    if (!error.empty()) {
        json["error"] = error;
    }
    json.update(all_statistics(measures(), summaries));
    json["exact"] = all_statistics(exact_measures(), summaries);
    return pretty(json);
}

}  // namespace drift
