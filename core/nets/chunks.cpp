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

/// One of the pieces that a batch is cut into.
struct Place {
    int64_t index = 0;
    int64_t rows = chunk_size;

    int64_t first() const { return index * rows; }
    /// How many of its rows there are.
    int64_t count(const torch::Tensor& x) const { return std::min(rows, x.size(0) - first()); }
};

int64_t chunk_count(const torch::Tensor& x, int64_t rows) {
    return (x.size(0) + rows - 1) / rows;
}

/// The piece of x, padded with zeros to all its rows.
torch::Tensor piece(const torch::Tensor& x, Place place) {
    const torch::Tensor part = x.narrow(0, place.first(), place.count(x));
    if (part.size(0) == place.rows) {
        return part;
    }
    std::vector<int64_t> shape = x.sizes().vec();
    shape[0] = place.rows;
    torch::Tensor padded = torch::zeros(shape, x.options());
    padded.narrow(0, 0, part.size(0)).copy_(part);
    return padded;
}

/// Copies the rows of the piece that exist into `all`.
void put(torch::Tensor& all, Place place, const torch::Tensor& values) {
    all.narrow(0, place.first(), place.count(all)).copy_(values.narrow(0, 0, place.count(all)));
}

/// Calls `work` for every piece: across threads on a CPU, one after the other on a device with threads of its own.
void for_each_chunk(const torch::Tensor& x, int64_t rows, const std::function<void(Place)>& work) {
    const auto range = [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) {
            work({i, rows});
        }
    };
    if (x.is_cpu()) {
        at::parallel_for(0, chunk_count(x, rows), 1, range);
    } else {
        range(0, chunk_count(x, rows));
    }
}

/// The result for all rows of x, made when the shape of the first piece is known.
class Gathered {
public:
    void put_piece(const torch::Tensor& x, Place place, const torch::Tensor& values) {
        {
            const std::lock_guard lock(mutex_);
            if (!all_.defined()) {
                std::vector<int64_t> shape = values.sizes().vec();
                shape[0] = x.size(0);
                const c10::InferenceMode off(false);  // the result leaves inference mode
                all_ = torch::empty(shape, values.options());
            }
        }
        put(all_, place, values);
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

Graph graph_of(const ChunkFunction& f, const torch::Tensor& x, Place place) {
    const c10::InferenceMode off(false);  // callers may sample in inference mode
    const at::AutoGradMode with_gradients(true);
    const torch::Tensor leaf = piece(x, place).detach().clone().set_requires_grad(true);
    return {leaf, f(leaf)};
}

torch::Tensor pull(const Graph& graph, const torch::Tensor& w, Place place) {
    const c10::InferenceMode off(false);
    const torch::Tensor weight = piece(w, place).to(graph.value.scalar_type()).clone();
    return torch::autograd::grad({graph.value}, {graph.x}, {weight}, /*retain_graph=*/true)[0];
}

}  // namespace

torch::Tensor in_chunks(const ChunkFunction& f, const torch::Tensor& given, int64_t rows) {
    const torch::Tensor x = given.to(torch::kFloat32);
    Gathered result;
    for_each_chunk(x, rows, [&](Place place) {
        const c10::InferenceMode inference;
        result.put_piece(x, place, f(piece(x, place)));
    });
    return result.take().to(given.scalar_type());
}

ChunkedValue linearise_in_chunks(const ChunkFunction& f, const torch::Tensor& given, int64_t rows) {
    const torch::Tensor x = given.to(torch::kFloat32);
    const torch::ScalarType type = given.scalar_type();
    if (x.size(0) > most_kept) {
        return {in_chunks(f, x, rows).to(type), [f, x, type, rows](const torch::Tensor& w) {
                    torch::Tensor product = room_like(x);
                    for_each_chunk(x, rows,
                                   [&](Place place) { put(product, place, pull(graph_of(f, x, place), w, place)); });
                    return product.to(type);
                }};
    }
    const auto graphs = std::make_shared<std::vector<Graph>>(chunk_count(x, rows));
    Gathered result;
    for_each_chunk(x, rows, [&](Place place) {
        Graph& graph = (*graphs)[place.index];
        graph = graph_of(f, x, place);
        result.put_piece(x, place, graph.value.detach());
    });
    return {result.take().to(type), [graphs, x, type, rows](const torch::Tensor& w) {
                torch::Tensor product = room_like(x);
                for_each_chunk(x, rows,
                               [&](Place place) { put(product, place, pull((*graphs)[place.index], w, place)); });
                return product.to(type);
            }};
}

}  // namespace drift
