#include "core/arrays.h"

#include "core/text.h"

#include <algorithm>

namespace drift {
namespace {

[[noreturn]] void refuse(const std::string& key, const Array& array, const std::string& accepted) {
    const std::string what = array.data.empty() ? " is an empty list" : " has shape " + shape_text(array.shape);
    throw UserError("'" + key + "'" + what + ", but must be " + accepted);
}

}  // namespace

torch::Tensor to_tensor(const Array& array) {
    return torch::tensor(at::ArrayRef<double>(array.data), torch::kFloat64).reshape(array.shape);
}

torch::Tensor vector_of(const Array& array, const std::string& key) {
    if (array.shape.size() > 1 || array.data.empty()) {
        refuse(key, array, "a list of one number or more");
    }
    return to_tensor(array).reshape({-1});
}

torch::Tensor matrix_of(const Array& array, const std::string& key) {
    if (array.shape.empty() || array.shape.size() > 2 || array.data.empty()) {
        refuse(key, array, "a list of rows of numbers");
    }
    return to_tensor(array).reshape({array.shape.size() == 2 ? array.shape[0] : 1, -1});
}

std::string numbers_text(const Array& array) {
    constexpr size_t most = 8;
    std::vector<std::string> words;
    for (size_t i = 0; i < std::min(array.data.size(), most); ++i) {
        words.push_back(number_text(array.data[i]));
    }
    if (array.data.size() > most) {
        words.emplace_back("...");
    }
    return "[" + joined(words) + "]";
}

}  // namespace drift
