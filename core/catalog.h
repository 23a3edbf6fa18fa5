// What there is to choose from. An implementation adds itself with a Registration at the bottom of its own file;
// whoever only shows or stores choices needs no more than this header, which knows neither LibTorch nor any method.
#pragma once

#include "core/params.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drift {

enum class Kind { Prior, Condition, Schedule, Sampler };

/// "prior", "condition", "schedule", "sampler": the key of a scenario file.
std::string to_string(Kind kind);

/// Numbers that a particle consists of.
struct ParticleSize {
    double sample = 1;      // d
    double latent = 0;      // of z where the run is one in noise space
    double map_calls = 0;   // denoiser calls of one x = f(z), which are gone through backwards for gradients
    double decomposed = 0;  // rows of the matrix that a proximal step decomposes for each particle
    double components = 0;  // of a mixture prior

    /// Those that a method moves.
    double moved() const { return latent > 0 ? latent : sample; }
};

struct Item {
    std::string key;
    std::string title;
    std::string help;
    ParamSet params;               // with their default values
    bool walks_noise = true;       // samplers only: its steps are those of a noise schedule
    bool has_closed_form = false;  // priors only: may be a Gaussian mixture, whose every law is known
    /// Samplers only: whether with these parameters, for this prior, particles come from a point by a process of the
    /// sampler's own. Never where it is not given.
    std::function<bool(const ParamSet&, const Item& prior)> comes_from_a_point{};
    /// Samplers only: the power of the likelihood or reward that samples are of. 1 where it is not given.
    std::function<double(const ParamSet&)> power{};
    /// Samplers and conditions: bytes a particle of what is held while a step is under way, beyond what every method
    /// holds. None where it is not given.
    std::function<double(const ParamSet&, const ParticleSize&)> passing_bytes{};
};

/// One pick from the catalogue. `type` is the key of its item.
struct Choice {
    std::string type;
    ParamSet params;
};

bool same_values(const Choice& a, const Choice& b);

/// Everything of one kind, sorted by key. Complete before main() and constant from then on.
const std::vector<Item>& items(Kind kind);
const Item& item_at(Kind kind, std::string_view key);    ///< throws UserError
Choice default_choice(Kind kind, std::string_view key);  ///< throws UserError
void add_item(Kind kind, Item item);

/// The constructors of all implementations of the interface T, by key.
template <class T>
std::map<std::string, typename T::Make, std::less<>>& makers() {
    static std::map<std::string, typename T::Make, std::less<>> by_key;
    return by_key;
}

/// T has a static member `kind` and a type `Make`: a function from a ParamSet and whatever else the interface needs.
template <class T>
struct Registration {
    Registration(Item item, typename T::Make make) {
        makers<T>().emplace(item.key, std::move(make));
        add_item(T::kind, std::move(item));
    }
};

template <class T, class... Args>
auto make(const Choice& choice, Args&&... args) {
    const Item& item = item_at(T::kind, choice.type);
    return makers<T>().find(item.key)->second(choice.params, std::forward<Args>(args)...);
}

}  // namespace drift
