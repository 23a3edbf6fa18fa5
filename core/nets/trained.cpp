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

/// The network that the header of the file describes, with the file's numbers.
template <class Network, class Config>
Network read_network(const ArrayFile& file, Config (*config_from)(const nlohmann::json&)) {
    Config config;
    try {
        config = config_from(file.header.value("architecture", nlohmann::json()));
    } catch (const UserError& error) {
        file.refuse(error.what());
    }
    Network net(config);
    bind_arrays(net.parameters(), file);
    return net;
}

double read_variance(const ArrayFile& file) {
    const nlohmann::json variance = file.header.value("variance", nlohmann::json());
    if (!variance.is_number() || !(variance.get<double>() > 0) || variance.get<double>() > 1e6) {
        file.refuse("has no positive number 'variance' in its header");
    }
    return variance.get<double>();
}

}  // namespace

void bind_arrays(ParameterStore& parameters, const ArrayFile& file) {
    for (const ParameterEntry& entry : parameters.entries()) {
        if (file.weights(entry.name).sizes().vec() != entry.stored_shape()) {
            file.refuse("has an array '" + entry.name + "' of another shape than its architecture says");
        }
    }
    // Only now is it known that the network needs no more memory than its file has numbers.
    const c10::InferenceMode off(false);  // numbers that a backward pass may keep, wherever they were loaded
    torch::Tensor flat = torch::empty({parameters.count()}, torch::kFloat32);
    for (const ParameterEntry& entry : parameters.entries()) {
        flat.narrow(0, entry.offset, entry.count).copy_(file.weights(entry.name).flatten());
    }
    parameters.bind(flat);
}

TrainedDenoiser::TrainedDenoiser(const fs::path& path, const std::string& key) : net_(UnetConfig{}) {
    const ArrayFile file = read_array_file(path, weights_format, key);
    net_ = read_network<Unet>(file, unet_config);
    variance_ = read_variance(file);
}

torch::Tensor TrainedDenoiser::denoise(const torch::Tensor& x, double sigma, const torch::Tensor& labels) const {
    const EdmScaling s = edm_scaling(sigma, variance_);
    const torch::Tensor c_noise = torch::full({x.size(0)}, s.c_noise, x.options());
    return x * s.c_skip + net_.forward(x * s.c_in, c_noise, labels) * s.c_out;
}

Classifier read_classifier(const fs::path& path, const std::string& key) {
    return read_network<Classifier>(read_array_file(path, weights_format, key), classifier_config);
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
