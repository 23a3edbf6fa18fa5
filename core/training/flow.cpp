#include "core/training/flow.h"

#include "core/training/pieces.h"

#include <numeric>

namespace drift {

TimeNetConfig flow_network(const Model& model) {
    TimeNetConfig config;
    config.in = model.reference->dimension() + model.terminal->observed_size();
    config.out = 1;
    config.width = model.policy.width;
    config.layers = model.policy.layers;
    config.frequencies = model.policy.frequencies;
    return config;
}

Flow::Flow(const Model& model, const TimeNetConfig& config, const torch::Tensor& weights)
    : model_(model), net_(config) {
    net_.bind(weights);
    std::vector<double> times, scales;
    for (int64_t k = 1; k < model.reference->steps(); ++k) {
        times.push_back(model.reference->grid().time(k));
        scales.push_back(model.reference->input_scale(k));
    }
    const auto between = static_cast<int64_t>(times.size());
    scales_ = torch::tensor(scales, torch::kFloat64).to(model.numbers).view({between, 1, 1});
    alone([&] { times_ = net_.embed(torch::tensor(times, torch::kFloat64).to(model.numbers)); });
}

torch::Tensor Flow::at(const Trajectories& trajectories) {
    const int64_t between = trajectories.steps() - 1;
    torch::Tensor values = torch::zeros({trajectories.steps() + 1, trajectories.count()}, torch::kFloat64);
    tapes_.resize(static_cast<size_t>(between));
    in_pieces(between, trajectories.x.device(), [&](int64_t i) {
        torch::Tensor x = trajectories.x.narrow(0, i + 1, 1) * scales_.narrow(0, i, 1);
        if (trajectories.observed.defined()) {
            x = torch::cat({x, model_.terminal->normalised(trajectories.observed).unsqueeze(0)}, 2);
        }
        const torch::Tensor answer = net_.forward(times_.rows.narrow(0, i, 1), x, &tapes_[static_cast<size_t>(i)]);
        values.select(0, i + 1).copy_(answer.view({-1}));
    });
    return values;
}

torch::Tensor Flow::gradient(const torch::Tensor& at_answer) const {
    const auto between = static_cast<int64_t>(tapes_.size());
    torch::Tensor total = torch::zeros({net_.parameters().count()}, model_.numbers);
    torch::Tensor at_rows = torch::zeros({between, net_.config().width}, model_.numbers);
    const torch::Tensor wanted = at_answer.to(model_.numbers);
    std::vector<torch::Tensor> parts(tapes_.size());
    in_pieces(between, total.device(), [&](int64_t i) {
        torch::Tensor& part = parts[static_cast<size_t>(i)];
        part = torch::zeros_like(total);
        const torch::Tensor at_out = wanted.select(0, i + 1).reshape({1, -1, 1});
        at_rows.narrow(0, i, 1).copy_(net_.backward(tapes_[static_cast<size_t>(i)], at_out, part));
    });
    alone([&] {
        for (const torch::Tensor& part : parts) {  // in order: whatever thread was first
            total.add_(part);
        }
        if (between > 0) {
            net_.backward_times(times_, at_rows, total);
        }
    });
    return total;
}

}  // namespace drift
