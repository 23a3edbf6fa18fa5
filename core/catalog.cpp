#include "core/catalog.h"

#include "core/space.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace drift {
namespace {

std::vector<Item>& shelf(Kind kind) {
    static std::array<std::vector<Item>, 4> shelves;
    return shelves.at(static_cast<size_t>(kind));
}

}  // namespace

std::string to_string(Kind kind) {
    constexpr std::array<std::string_view, 4> names = {"prior", "condition", "schedule", "sampler"};
    return std::string(names.at(static_cast<size_t>(kind)));
}

bool same_values(const Choice& a, const Choice& b) {
    return a.type == b.type && same_values(a.params, b.params);
}

const std::vector<Item>& items(Kind kind) {
    return shelf(kind);
}

const Item& item_at(Kind kind, std::string_view key) {
    const auto found = std::ranges::find(items(kind), key, &Item::key);
    if (found == items(kind).end()) {
        std::vector<std::string> keys;
        for (const Item& item : items(kind)) {
            keys.push_back(item.key);
        }
        throw UserError(in_quotes(key) + " is not a known type of " + to_string(kind) + "; accepted: " + joined(keys));
    }
    return *found;
}

Choice default_choice(Kind kind, std::string_view key) {
    const Item& item = item_at(kind, key);
    return {item.key, item.params};
}

void add_item(Kind kind, Item item) {
    if (kind == Kind::Sampler) {
        add_space(item.params);
    }
    // Registrations run in whatever order the linker left them; sorting makes every list the same everywhere.
    std::vector<Item>& on_shelf = shelf(kind);
    const auto place = std::ranges::lower_bound(on_shelf, item.key, {}, &Item::key);
    if (place != on_shelf.end() && place->key == item.key) {
        throw std::logic_error("two implementations are called " + item.key);
    }
    on_shelf.insert(place, std::move(item));
}

}  // namespace drift
