#include "core/nets/time_net.h"

#include <cmath>
#include <cstring>

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

void TimeNet::bind(const torch::Tensor& flat) {
    store_.bind(flat);
    flat_ = flat.detach();
    allow_kernel(true);
}

torch::Tensor TimeNet::collect_gradients() {
    allow_kernel(false);
    return store_.collect_gradients();
}

void TimeNet::allow_kernel(bool allowed) {
    const int64_t padded_out =
        (config_.out + kernels::perceptron_lanes - 1) / kernels::perceptron_lanes * kernels::perceptron_lanes;
    fused_ = allowed && flat_.is_cpu() && flat_.scalar_type() == torch::kFloat32 && flat_.is_contiguous() &&
             config_.width % kernels::perceptron_lanes == 0 && config_.width <= kernels::max_perceptron_width &&
             padded_out <= kernels::max_perceptron_width;
    if (!fused_) {
        return;
    }
    const int64_t w = config_.width;
    in_transposed_ = store_[in_.weight].t().contiguous();
    out_transposed_ = torch::zeros({w, padded_out}, flat_.options());
    out_transposed_.narrow(1, 0, config_.out).copy_(store_[out_.weight].t());
    padded_bias_ = torch::zeros({padded_out}, flat_.options());
    padded_bias_.narrow(0, 0, config_.out).copy_(store_[out_.bias]);
    kernel_ = {};
    kernel_.in = config_.in;
    kernel_.width = w;
    kernel_.out = config_.out;
    kernel_.padded_out = padded_out;
    kernel_.layers = config_.layers;
    kernel_.in_transposed = in_transposed_.const_data_ptr<float>();
    kernel_.in_bias = store_[in_.bias].const_data_ptr<float>();
    kernel_.out_weight = store_[out_.weight].const_data_ptr<float>();
    kernel_.out_transposed = out_transposed_.const_data_ptr<float>();
    kernel_.out_bias = padded_bias_.const_data_ptr<float>();
    if (config_.layers > 0) {
        std::vector<torch::Tensor> transposed;
        for (const Layer& layer : inner_) {
            transposed.push_back(store_[layer.weight].t());
        }
        inner_transposed_ = torch::stack(transposed).contiguous();
        kernel_.inner = store_[inner_[0].weight].const_data_ptr<float>();
        kernel_.inner_bias = store_[inner_[0].bias].const_data_ptr<float>();
        kernel_.inner_transposed = inner_transposed_.const_data_ptr<float>();
        kernel_.inner_stride = w * w + w;  // a layer's bias follows its weight
    }
}

/// `tape`, from row `first` on, may be null.
void TimeNet::run_kernel(const torch::Tensor& rows, const torch::Tensor& x, const Tape* tape, int64_t first,
                         torch::Tensor& out) const {
    kernels::PerceptronRows of;
    of.count = x.size(0) * x.size(1);
    of.rows_per_step = x.size(1);
    of.x = x.const_data_ptr<float>();
    of.times = rows.const_data_ptr<float>();
    float* after = nullptr;
    float* slope = nullptr;
    if (tape != nullptr) {
        of.kept = tape->kept;
        after = tape->after[0].data_ptr<float>() + first * config_.width;
        slope = tape->slope[0].data_ptr<float>() + first * config_.width;
    }
    kernels::perceptron_forward(kernel_, of, out.data_ptr<float>(), after, slope);
}

/// For what the rows x [rows, in] leave.
TimeNet::Tape TimeNet::room_around(const torch::Tensor& x) const {
    const torch::Tensor after = torch::empty({config_.layers + 1, x.size(0), config_.width}, flat_.options());
    return {x, after.unbind(0), torch::empty_like(after).unbind(0), x.size(0)};
}

TimeNet::Tape TimeNet::room(int64_t rows) const {
    return room_around(torch::empty({rows, config_.in}, flat_.options()));
}

TimeNet::Tape TimeNet::part_of(const Tape& room, int64_t first, int64_t count) {
    Tape part{room.x.narrow(0, first, count), {}, {}, room.kept};
    for (size_t i = 0; i < room.after.size(); ++i) {
        part.after.push_back(room.after[i].narrow(0, first, count));
        part.slope.push_back(room.slope[i].narrow(0, first, count));
    }
    return part;
}

void TimeNet::forward_into(const torch::Tensor& rows, const torch::Tensor& x, int64_t first, Tape& room,
                           torch::Tensor& out) const {
    const torch::Tensor from = x.contiguous();
    std::memcpy(room.x.data_ptr<float>() + first * config_.in, from.const_data_ptr<float>(), from.nbytes());
    run_kernel(rows.contiguous(), from, &room, first, out);
}

void TimeNet::follow(const torch::Tensor& rows, kernels::PerceptronPath path) const {
    const torch::Tensor times = rows.contiguous();
    path.times = times.const_data_ptr<float>();
    kernels::perceptron_path(kernel_, path);
}

torch::Tensor TimeNet::fused_forward(const torch::Tensor& rows, const torch::Tensor& x, Tape* tape) const {
    const torch::Tensor from = x.contiguous();
    torch::Tensor out = torch::empty({x.size(0), x.size(1), config_.out}, x.options());
    if (tape != nullptr) {
        *tape = room_around(from.view({-1, config_.in}));
    }
    run_kernel(rows.contiguous(), from, tape, 0, out);
    return out;
}

torch::Tensor TimeNet::fused_backward(const Tape& tape, const torch::Tensor& at_out, torch::Tensor& gradient,
                                      torch::Tensor* at_x) const {
    const int64_t steps = at_out.size(0);
    const int64_t n = at_out.size(1);
    const torch::Tensor wanted = at_out.contiguous();
    torch::Tensor in_transposed = torch::zeros({config_.in, config_.width}, at_out.options());
    torch::Tensor at_rows = torch::zeros({steps, config_.width}, at_out.options());
    torch::Tensor first;
    kernels::PerceptronGradient to;
    if (at_x != nullptr) {
        first = torch::empty({steps * n, config_.width}, at_out.options());
        to.first = first.data_ptr<float>();
    }
    to.in_transposed = in_transposed.data_ptr<float>();
    to.out_weight = part(gradient, out_.weight).data_ptr<float>();
    to.out_bias = part(gradient, out_.bias).data_ptr<float>();
    to.times = at_rows.data_ptr<float>();
    if (config_.layers > 0) {
        to.inner = part(gradient, inner_[0].weight).data_ptr<float>();
        to.inner_bias = part(gradient, inner_[0].bias).data_ptr<float>();
    }
    kernels::perceptron_backward(kernel_, {steps * n, n, tape.kept, tape.x.const_data_ptr<float>(), nullptr},
                                 tape.after[0].const_data_ptr<float>(), tape.slope[0].const_data_ptr<float>(),
                                 wanted.const_data_ptr<float>(), to);
    part(gradient, in_.weight).add_(in_transposed.t());
    part(gradient, in_.bias).add_(at_rows.sum(0));
    if (at_x != nullptr) {
        *at_x = first.matmul(store_[in_.weight]).view({steps, n, config_.in});
    }
    return at_rows;
}

torch::Tensor TimeNet::forward(const torch::Tensor& rows, const torch::Tensor& x, Tape* tape) const {
    if (fused_) {
        return fused_forward(rows, x, tape);
    }
    const int64_t steps = x.size(0);
    const int64_t n = x.size(1);
    const torch::Tensor flat = x.reshape({steps * n, config_.in});
    torch::Tensor h = apply(in_, flat);
    h.view({steps, n, config_.width}).add_(rows.unsqueeze(1));
    const auto activated = [&](const torch::Tensor& before) {
        torch::Tensor after = at::gelu(before);
        if (tape != nullptr) {
            tape->after.push_back(after);
            tape->slope.push_back(at::gelu_backward(torch::ones_like(before), before));
        }
        return after;
    };
    if (tape != nullptr) {
        *tape = {flat, {}, {}, 0};
    }
    torch::Tensor a = activated(h);
    for (const Layer& layer : inner_) {
        a = activated(apply(layer, a));
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
    if (fused_) {
        return fused_backward(tape, at_out, gradient, at_x);
    }
    const int64_t steps = at_out.size(0);
    const int64_t n = at_out.size(1);
    torch::Tensor g = at_out.reshape({steps * n, config_.out});
    g = back_through(out_, tape.after.back(), g, gradient, true) * tape.slope.back();
    for (size_t i = inner_.size(); i > 0; --i) {
        g = back_through(inner_[i - 1], tape.after[i - 1], g, gradient, true) * tape.slope[i - 1];
    }
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
