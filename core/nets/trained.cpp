#include "core/nets/trained.h"

#include "core/array_file.h"
#include "core/error.h"
#include "core/nets/architecture_json.h"
#include "core/nets/edm.h"

#include <c10/core/InferenceMode.h>

#include <system_error>

namespace drift {
namespace {

namespace fs = std::filesystem;

/// The arrays of the file as one flat float32 tensor in the order of the parameters.
void bind_arrays(ParameterStore& parameters, const ArrayFile& file, const fs::path& path) {
    const c10::InferenceMode off(false);  // numbers that a backward pass may keep, wherever they were loaded
    torch::Tensor flat = torch::empty({parameters.count()}, torch::kFloat32);
    for (const ParameterEntry& entry : parameters.entries()) {
        const torch::Tensor& values = file.at(entry.name);
        if (values.sizes().vec() != entry.stored_shape()) {
            throw UserError("weights: " + path.string() + " has an array '" + entry.name +
                            "' of another shape than its architecture says");
        }
        flat.narrow(0, entry.offset, entry.count).copy_(values.flatten());
    }
    parameters.bind(flat);
}

Unet read_unet(const ArrayFile& file, const fs::path& path) {
    Unet net(unet_config(file.header.value("architecture", nlohmann::json())));
    bind_arrays(net.parameters(), file, path);
    return net;
}

double read_variance(const ArrayFile& file, const fs::path& path) {
    const nlohmann::json variance = file.header.value("variance", nlohmann::json());
    if (!variance.is_number() || !(variance.get<double>() > 0) || variance.get<double>() > 1e6) {
        throw UserError("weights: " + path.string() + " has no positive number 'variance' in its header");
    }
    return variance.get<double>();
}

}  // namespace

TrainedDenoiser::TrainedDenoiser(const fs::path& path) : net_(UnetConfig{}) {
    const ArrayFile file = read_array_file(path, weights_format);
    net_ = read_unet(file, path);
    variance_ = read_variance(file, path);
}

torch::Tensor TrainedDenoiser::denoise(const torch::Tensor& x, double sigma, const torch::Tensor& labels) const {
    const EdmScaling s = edm_scaling(sigma, variance_);
    const torch::Tensor c_noise = torch::full({x.size(0)}, s.c_noise, x.options());
    return x * s.c_skip + net_.forward(x * s.c_in, c_noise, labels) * s.c_out;
}

Classifier read_classifier(const fs::path& path) {
    const ArrayFile file = read_array_file(path, weights_format);
    Classifier net(classifier_config(file.header.value("architecture", nlohmann::json())));
    bind_arrays(net.parameters(), file, path);
    return net;
}

fs::path find_weights(const std::string& key, const std::string& name, const std::string& folder) {
    std::error_code error;
    const fs::path own = fs::path(folder) / name;  // an absolute name replaces the folder
    if (!name.empty() && fs::is_regular_file(own, error)) {
        return own;
    }
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    fs::path shipped = program.parent_path() / "assets" / "weights" / name;
    if (!name.empty() && fs::path(name).is_relative() && fs::is_regular_file(shipped, error)) {
        return shipped;
    }
    throw UserError("'" + key + "' names the file '" + name + "', which is neither in '" +
                    (folder.empty() ? "." : folder) + "' nor among the weights that come with the program");
}

}  // namespace drift
