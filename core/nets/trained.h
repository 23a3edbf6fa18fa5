// Networks out of weight files.
#pragma once

#include "core/array_file.h"
#include "core/nets/classifier.h"
#include "core/nets/unet.h"

#include <filesystem>
#include <memory>

namespace drift {

/// A U-Net in EDM preconditioning, float32. Immutable; safe to share between threads.
class TrainedDenoiser {
public:
    /// Throws UserError, naming `key`, for a file that is not the weights of a U-Net.
    explicit TrainedDenoiser(const std::filesystem::path& path, const std::string& key = {});
    TrainedDenoiser(Unet net, double data_variance) : net_(std::move(net)), variance_(data_variance) {}

    /// D(x, sigma) for pictures x [n, channels, image, image]; labels int64 [n], `classes()` for none. Differentiable.
    torch::Tensor denoise(const torch::Tensor& x, double sigma, const torch::Tensor& labels) const;

    const UnetConfig& config() const { return net_.config(); }
    double data_variance() const { return variance_; }

private:
    Unet net_;
    double variance_ = 0;
};

/// Throws UserError, naming `key`, for a file that is not the weights of a classifier.
Classifier read_classifier(const std::filesystem::path& path, const std::string& key = {});

/// Binds the parameters to the arrays of the file, as float32. Throws UserError where one is missing or has another
/// shape.
void bind_arrays(ParameterStore& parameters, const ArrayFile& file);

/// `name` if it is absolute or lies in `folder`, else the file of that name among the weights that the program ships.
/// Throws UserError, naming `key`, where there is none.
std::filesystem::path find_weights(const std::string& key, const std::string& name, const std::string& folder);

}  // namespace drift
