#include "core/arrays.h"

namespace drift {

torch::Tensor to_tensor(const Array& array) {
    return torch::tensor(at::ArrayRef<double>(array.data), torch::kFloat64).reshape(array.shape);
}

torch::Tensor vector_of(const Array& array, const std::string& key) {
    if (array.shape.size() > 1 || array.data.empty()) {
        throw UserError("'" + key + "' has shape " + shape_text(array) + ", but must be a list of numbers");
    }
    return to_tensor(array).reshape({-1});
}

torch::Tensor matrix_of(const Array& array, const std::string& key) {
    if (array.shape.empty() || array.shape.size() > 2 || array.data.empty()) {
        throw UserError("'" + key + "' has shape " + shape_text(array) + ", but must be a list of rows of numbers");
    }
    return to_tensor(array).reshape({array.shape.size() == 2 ? array.shape[0] : 1, -1});
}

std::string shape_text(const Array& array) {
    std::string text = "[";
    for (size_t i = 0; i < array.shape.size(); ++i) {
        text += (i > 0 ? ", " : "") + std::to_string(array.shape[i]);
    }
    return text + "]";
}

}  // namespace drift
