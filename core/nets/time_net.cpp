#include "core/nets/time_net.h"

#include <cmath>

namespace drift {
namespace {

constexpr double slowest = 0.1;
constexpr double fastest = 100;

}  // namespace

TimeNet::TimeNet(const TimeNetConfig& config) : config_(config) {
    phases_ = store_.add("phases", {config.frequencies}, 1);
    time_in_ = add("time_in", 2 * config.frequencies, config.width, 1);
    time_out_ = add("time_out", config.width, config.width, 1);
    in_ = add("in", config.in, config.width, 1);
    for (int64_t i = 0; i < config.layers; ++i) {
        inner_.push_back(add("inner" + std::to_string(i), config.width, config.width, 1));
    }
    out_ = add("out", config.width, config.out, 0);
}

TimeNet::Layer TimeNet::add(const std::string& name, int64_t in, int64_t out, double scale) {
    Layer layer{};
    layer.weight = store_.add(name + ".weight", {out, in}, scale / std::sqrt(static_cast<double>(in)));
    layer.bias = store_.add(name + ".bias", {out}, 0);
    return layer;
}

torch::Tensor TimeNet::apply(const Layer& layer, const torch::Tensor& x) const {
    return at::addmm(store_[layer.bias], x, store_[layer.weight].t());
}

torch::Tensor TimeNet::part(const torch::Tensor& flat, size_t index) const {
    const ParameterEntry& entry = store_.entries()[index];
    return flat.narrow(0, entry.offset, entry.count).view(entry.shape);
}

TimeNet::Times TimeNet::embed(const torch::Tensor& times) const {
    Times all;
    all.times = times;
    const torch::Tensor frequencies = torch::linspace(slowest, fastest, config_.frequencies, times.options());
    all.angles = times.unsqueeze(1) * frequencies + store_[phases_];
    all.before = apply(time_in_, torch::cat({all.angles.sin(), all.angles.cos()}, 1));
    all.after = at::gelu(all.before);
    all.rows = apply(time_out_, all.after);
    return all;
}

torch::Tensor TimeNet::forward(const torch::Tensor& rows, const torch::Tensor& x, Tape* tape) const {
    const int64_t steps = x.size(0);
    const int64_t n = x.size(1);
    const torch::Tensor flat = x.reshape({steps * n, config_.in});
    torch::Tensor h = apply(in_, flat);
    h.view({steps, n, config_.width}).add_(rows.unsqueeze(1));
    torch::Tensor a = at::gelu(h);
    if (tape != nullptr) {
        *tape = {flat, {h}, {a}};
    }
    for (const Layer& layer : inner_) {
        h = apply(layer, a);
        a = at::gelu(h);
        if (tape != nullptr) {
            tape->before.push_back(h);
            tape->after.push_back(a);
        }
    }
    return apply(out_, a).view({steps, n, config_.out});
}

torch::Tensor TimeNet::back_through(const Layer& layer, const torch::Tensor& x, const torch::Tensor& at_out,
                                    torch::Tensor& gradient, bool wants_input) const {
    part(gradient, layer.weight).addmm_(at_out.t(), x);
    part(gradient, layer.bias).add_(at_out.sum(0));
    return wants_input ? at_out.matmul(store_[layer.weight]) : torch::Tensor{};
}

torch::Tensor TimeNet::backward(const Tape& tape, const torch::Tensor& at_out, torch::Tensor& gradient,
                                torch::Tensor* at_x) const {
    const int64_t steps = at_out.size(0);
    const int64_t n = at_out.size(1);
    torch::Tensor g = at_out.reshape({steps * n, config_.out});
    g = back_through(out_, tape.after.back(), g, gradient, true);
    for (size_t i = inner_.size(); i > 0; --i) {
        g = at::gelu_backward(g, tape.before[i]);
        g = back_through(inner_[i - 1], tape.after[i - 1], g, gradient, true);
    }
    g = at::gelu_backward(g, tape.before[0]);
    const torch::Tensor input = back_through(in_, tape.x, g, gradient, at_x != nullptr);
    if (at_x != nullptr) {
        *at_x = input.view({steps, n, config_.in});
    }
    return g.view({steps, n, config_.width}).sum(1);
}

void TimeNet::backward_times(const Times& times, const torch::Tensor& at_rows, torch::Tensor& gradient) const {
    torch::Tensor g = back_through(time_out_, times.after, at_rows, gradient, true);
    g = at::gelu_backward(g, times.before);
    const torch::Tensor sines = times.angles.sin();
    const torch::Tensor cosines = times.angles.cos();
    g = back_through(time_in_, torch::cat({sines, cosines}, 1), g, gradient, true);
    const torch::Tensor at_sines = g.narrow(1, 0, config_.frequencies);
    const torch::Tensor at_cosines = g.narrow(1, config_.frequencies, config_.frequencies);
    part(gradient, phases_).add_((at_sines * cosines - at_cosines * sines).sum(0));
}

}  // namespace drift
