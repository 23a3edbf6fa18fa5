// Trajectory balance as one writes it in Python: the whole simulation under autograd, the graph of all its steps kept
// until the loss is known, then one backward pass and a step of Adam for every tensor.
#pragma once

#include "core/torch.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace drift::bench {

struct PlainTrainingSize {
    int64_t dimension = 2, steps = 100, batch = 300, width = 64, frequencies = 64;
    double sigma_squared = 5, exploration = 0.2;
};

class PlainTraining {
public:
    using LogDensity = std::function<torch::Tensor(const torch::Tensor&)>;

    PlainTraining(const PlainTrainingSize& size, LogDensity target) : size_(size), target_(std::move(target)) {
        const int64_t w = size.width;
        phases_ = parameter({size.frequencies}, 1);
        time_in_ = linear(2 * size.frequencies, w, 1);
        time_out_ = linear(w, w, 1);
        in_ = linear(size.dimension, w, 1);
        first_ = linear(w, w, 1);
        second_ = linear(w, w, 1);
        out_ = linear(w, size.dimension, 0);
        log_z_ = parameter({1}, 0);
        frequencies_ = torch::linspace(0.1, 100, size.frequencies);
    }

    /// One iteration; the loss.
    double iterate() {
        const at::AutoGradMode with_gradients(true);
        const double delta = 1 / static_cast<double>(size_.steps);
        torch::Tensor x = torch::zeros({size_.batch, size_.dimension});
        torch::Tensor log_forward = torch::zeros({size_.batch});
        torch::Tensor log_backward = torch::zeros({size_.batch});
        for (int64_t k = 0; k < size_.steps; ++k) {
            const torch::Tensor mean = x + drift(x, static_cast<double>(k) * delta) * delta;
            const double variance = size_.sigma_squared * delta;
            const double noise = std::sqrt(variance + size_.exploration * size_.exploration);
            const torch::Tensor next = (mean + torch::randn_like(mean) * noise).detach();
            log_forward = log_forward + log_normal(next, mean, variance);
            if (k > 0) {
                const double share = static_cast<double>(k) / static_cast<double>(k + 1);
                log_backward = log_backward + log_normal(x, next * share, variance * share);
            }
            x = next;
        }
        const torch::Tensor residual = log_z_ + log_forward - log_backward - target_(x);
        const torch::Tensor loss = 0.5 * residual.square().mean();
        loss.backward();
        step();
        return loss.item<double>();
    }

private:
    struct Linear {
        torch::Tensor weight, bias;
    };

    torch::Tensor parameter(std::vector<int64_t> shape, double scale) {
        torch::Tensor values = (torch::randn(shape) * scale).set_requires_grad(true);
        parameters_.push_back({values, torch::zeros(shape), torch::zeros(shape)});
        return values;
    }
    Linear linear(int64_t in, int64_t out, double scale) {
        return {parameter({out, in}, scale / std::sqrt(static_cast<double>(in))), parameter({out}, 0)};
    }

    static torch::Tensor apply(const Linear& layer, const torch::Tensor& x) {
        return at::linear(x, layer.weight, layer.bias);
    }

    torch::Tensor drift(const torch::Tensor& x, double time) const {
        const torch::Tensor angles = frequencies_ * time + phases_;
        const torch::Tensor t = torch::cat({angles.sin(), angles.cos()}).unsqueeze(0);
        const torch::Tensor row = apply(time_out_, at::gelu(apply(time_in_, t)));
        return apply(out_, at::gelu(apply(second_, at::gelu(apply(first_, at::gelu(apply(in_, x) + row))))));
    }

    static torch::Tensor log_normal(const torch::Tensor& x, const torch::Tensor& mean, double variance) {
        return ((x - mean).square() / (-2 * variance) - 0.5 * std::log(2 * std::numbers::pi * variance)).sum(1);
    }

    void step() {
        const at::NoGradGuard no_gradients;
        ++count_;
        const auto t = static_cast<double>(count_);
        for (Parameter& p : parameters_) {
            const torch::Tensor g = p.values.grad();
            p.first.mul_(0.9).add_(g, 0.1);
            p.second.mul_(0.999).addcmul_(g, g, 0.001);
            const torch::Tensor spread = (p.second / (1 - std::pow(0.999, t))).sqrt().add(1e-8);
            p.values.addcdiv_(p.first, spread, -1e-3 / (1 - std::pow(0.9, t)));
            p.values.mutable_grad().zero_();
        }
    }

    struct Parameter {
        torch::Tensor values, first, second;
    };

    PlainTrainingSize size_;
    LogDensity target_;
    std::vector<Parameter> parameters_;
    torch::Tensor phases_, log_z_, frequencies_;
    Linear time_in_, time_out_, in_, first_, second_, out_;
    int64_t count_ = 0;
};

}  // namespace drift::bench
