#include "core/fit.h"

#include "core/error.h"
#include "core/generators/generators.h"
#include "core/io/files.h"
#include "core/text.h"
#include "core/training/fashion_tasks.h"
#include "core/training/fit_loop.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>

namespace drift {
namespace {

constexpr int64_t batch = 64;

struct Recipe {
    FitInfo info;
    FitSettings settings;
    /// `data` is null for what makes its own data.
    std::function<std::unique_ptr<FitTask>(const PictureData* data, const std::string& origin)> make;
    bool reads_pictures = true;
};

/// A name of a scenario as one of the command line.
std::string hyphenated(std::string name) {
    std::ranges::replace(name, '_', '-');
    return name;
}

/// The generators of points with their default settings, on all data that need no painting.
std::vector<Recipe> generator_recipes() {
    std::vector<Recipe> all;
    for (const auto& [type, plan_of] : generator_kinds()) {
        for (const std::string& data : plane_data_names()) {
            if (data == "painted") {
                continue;
            }
            Choice choice = default_choice(Kind::Prior, type);
            choice.params.set("data", data);
            const GeneratorPlan plan = plan_of(choice.params);
            all.push_back({{hyphenated(data + "-" + type), "the prior '" + type + "' of points in the plane; seconds"},
                           generator_settings(plan),
                           [plan](const PictureData* /*none*/, const std::string& origin) {
                               return generator_task(plan, {{"made_by", origin}});
                           },
                           false});
        }
    }
    return all;
}

std::vector<Recipe> picture_recipes() {
    return {
        {{"fashion-diffusion",
          "class-conditional diffusion prior of 28x28 pictures of clothes; about two hours on two cores"},
         {.iterations = 50000, .learning_rate = 1e-3, .warm_up = 300},
         [](const PictureData* data, const std::string& origin) {
             return std::make_unique<DiffusionTask>(*data, UnetConfig{}, batch, origin);
         }},
        {{"fashion-classifier",
          "classifier of the same pictures, for comparing sets of pictures and as a reward; minutes"},
         {.iterations = 6000, .learning_rate = 1e-3, .warm_up = 200},
         [](const PictureData* data, const std::string& origin) {
             return std::make_unique<ClassifierTask>(*data, ClassifierConfig{}, batch, origin);
         }},
    };
}

const std::vector<Recipe>& recipes() {
    static const std::vector<Recipe> all = [] {
        std::vector<Recipe> list = picture_recipes();
        std::ranges::move(generator_recipes(), std::back_inserter(list));
        return list;
    }();
    return all;
}

const Recipe& recipe_for(const std::string& name) {
    std::string known;
    for (const Recipe& recipe : recipes()) {
        if (recipe.info.name == name) {
            return recipe;
        }
        known += (known.empty() ? "" : ", ") + recipe.info.name;
    }
    throw UserError("fit: there is no fit '" + name + "'; accepted: " + known);
}

std::optional<PictureData> data_for(const Recipe& recipe, const FitOptions& options) {
    if (!recipe.reads_pictures) {
        if (!options.data.empty()) {
            throw UserError("'--data' is " + in_quotes(options.data.string()) + ", but " + recipe.info.name +
                            " makes its own data: leave it out");
        }
        return std::nullopt;
    }
    if (options.data.empty()) {
        throw UserError("'--data' is missing, but " + recipe.info.name + " takes the folder with its data set");
    }
    return read_picture_data(options.data);
}

}  // namespace

const std::vector<FitInfo>& fits() {
    static const std::vector<FitInfo> infos = [] {
        std::vector<FitInfo> list;
        for (const Recipe& recipe : recipes()) {
            list.push_back(recipe.info);
        }
        return list;
    }();
    return infos;
}

FitResult fit(const FitOptions& options, const FitProgressCallback& report) {
    const Recipe& recipe = recipe_for(options.name);
    // A training of hours must not find out at its first checkpoint that there is no place for it.
    check_writable(options.out, "--out");
    if (options.threads > 0) {
        at::set_num_threads(options.threads);
    }
    const std::optional<PictureData> data = data_for(recipe, options);
    FitSettings settings = recipe.settings;
    settings.iterations = options.iterations > 0 ? options.iterations : settings.iterations;
    settings.hours = options.hours;
    settings.seed = options.seed;
    const std::string origin = "driftscope fit " + options.name + (data ? " --data <fashion-mnist>" : "") + " --seed " +
                               std::to_string(options.seed);
    const std::unique_ptr<FitTask> task = recipe.make(data ? &*data : nullptr, origin);
    return run_fit(*task, settings, options.out, report);
}

}  // namespace drift
