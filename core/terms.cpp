#include "core/terms.h"

#include <algorithm>
#include <utility>

namespace drift {

bool Terms::operator==(const Terms& other) const {
    return std::ranges::equal(list_of(*this), list_of(other), [](const Term& a, const Term& b) {
        return a.weight == b.weight && same_values(a.condition, b.condition);
    });
}

const std::vector<Term>& list_of(const Terms& terms) {
    static const std::vector<Term> none;
    return terms.list != nullptr ? *terms.list : none;
}

Terms terms_of(std::vector<Term> list) {
    return {list.empty() ? nullptr : std::make_shared<const std::vector<Term>>(std::move(list))};
}

}  // namespace drift
