#include "core/nets/chunks.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

namespace drift {
namespace {

/// Above this many pictures the graphs of all pieces, some 2 MB a picture, are not kept at the same time.
constexpr int64_t most_kept = 512;

int64_t chunk_count(const torch::Tensor& x) {
    return (x.size(0) + chunk_size - 1) / chunk_size;
}

/// Piece `i` of x, padded with zeros to chunk_size rows.
torch::Tensor piece(const torch::Tensor& x, int64_t i) {
    const int64_t first = i * chunk_size;
    const int64_t rows = std::min(chunk_size, x.size(0) - first);
    const torch::Tensor part = x.narrow(0, first, rows);
    if (rows == chunk_size) {
        return part;
    }
    std::vector<int64_t> shape = x.sizes().vec();
    shape[0] = chunk_size;
    torch::Tensor padded = torch::zeros(shape, x.options());
    padded.narrow(0, 0, rows).copy_(part);
    return padded;
}

/// Copies the rows of piece `i` that exist into `all`.
void put(torch::Tensor& all, int64_t i, const torch::Tensor& values) {
    const int64_t first = i * chunk_size;
    const int64_t rows = std::min(chunk_size, all.size(0) - first);
    all.narrow(0, first, rows).copy_(values.narrow(0, 0, rows));
}

/// Calls `work` for every piece: across threads on a CPU, one after the other on a device with threads of its own.
void for_each_chunk(const torch::Tensor& x, const std::function<void(int64_t)>& work) {
    const auto range = [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) {
            work(i);
        }
    };
    if (x.is_cpu()) {
        at::parallel_for(0, chunk_count(x), 1, range);
    } else {
        range(0, chunk_count(x));
    }
}

/// The result for all rows of x, made when the shape of the first piece is known.
class Gathered {
public:
    void put_piece(const torch::Tensor& x, int64_t i, const torch::Tensor& values) {
        {
            const std::lock_guard lock(mutex_);
            if (!all_.defined()) {
                std::vector<int64_t> shape = values.sizes().vec();
                shape[0] = x.size(0);
                const c10::InferenceMode off(false);  // the result leaves inference mode
                all_ = torch::empty(shape, values.options());
            }
        }
        put(all_, i, values);
    }
    torch::Tensor take() { return std::move(all_); }

private:
    std::mutex mutex_;
    torch::Tensor all_;
};

/// Room for the product, which threads in and out of inference mode may write to.
torch::Tensor room_like(const torch::Tensor& x) {
    const c10::InferenceMode off(false);
    return torch::empty(x.sizes(), x.options());
}

struct Graph {
    torch::Tensor x, value;
};

Graph graph_of(const ChunkFunction& f, const torch::Tensor& x, int64_t i) {
    const c10::InferenceMode off(false);  // callers may sample in inference mode
    const at::AutoGradMode with_gradients(true);
    const torch::Tensor leaf = piece(x, i).detach().clone().set_requires_grad(true);
    return {leaf, f(leaf)};
}

torch::Tensor pull(const Graph& graph, const torch::Tensor& w, int64_t i) {
    const c10::InferenceMode off(false);
    const torch::Tensor weight = piece(w, i).to(graph.value.scalar_type()).clone();
    return torch::autograd::grad({graph.value}, {graph.x}, {weight}, /*retain_graph=*/true)[0];
}

}  // namespace

torch::Tensor in_chunks(const ChunkFunction& f, const torch::Tensor& given) {
    const torch::Tensor x = given.to(torch::kFloat32);
    Gathered result;
    for_each_chunk(x, [&](int64_t i) {
        const c10::InferenceMode inference;
        result.put_piece(x, i, f(piece(x, i)));
    });
    return result.take().to(given.scalar_type());
}

ChunkedValue linearise_in_chunks(const ChunkFunction& f, const torch::Tensor& given) {
    const torch::Tensor x = given.to(torch::kFloat32);
    const torch::ScalarType type = given.scalar_type();
    if (x.size(0) > most_kept) {
        return {in_chunks(f, x).to(type), [f, x, type](const torch::Tensor& w) {
                    torch::Tensor product = room_like(x);
                    for_each_chunk(x, [&](int64_t i) { put(product, i, pull(graph_of(f, x, i), w, i)); });
                    return product.to(type);
                }};
    }
    const auto graphs = std::make_shared<std::vector<Graph>>(chunk_count(x));
    Gathered result;
    for_each_chunk(x, [&](int64_t i) {
        (*graphs)[i] = graph_of(f, x, i);
        result.put_piece(x, i, (*graphs)[i].value.detach());
    });
    return {result.take().to(type), [graphs, x, type](const torch::Tensor& w) {
                torch::Tensor product = room_like(x);
                for_each_chunk(x, [&](int64_t i) { put(product, i, pull((*graphs)[i], w, i)); });
                return product.to(type);
            }};
}

}  // namespace drift
