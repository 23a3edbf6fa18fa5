// Networks see their batches in pieces of one pinned shape, the last one padded, so that what they say about a picture
// depends neither on how many others there are nor on the number of threads; the pieces are shared among the threads.
// Networks compute in float32: particles of another type are converted here, and so is what comes back.
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <functional>

namespace drift {

/// Pictures in a piece: its activations stay in the cache of one core.
inline constexpr int64_t chunk_size = 8;
/// Above this many pictures the graphs of all pieces, some 2 MB a picture, are not kept at the same time.
inline constexpr int64_t most_kept = 512;

/// A differentiable function of a piece x [rows, ...], float32, that treats every row alone.
using ChunkFunction = std::function<torch::Tensor(const torch::Tensor& x)>;

/// f(x) for x [n, ...], in inference mode; the result has the rows and the type of x and the shape of one row of f.
/// `rows` make a piece: more of them where they are points and not pictures.
torch::Tensor in_chunks(const ChunkFunction& f, const torch::Tensor& x, int64_t rows = chunk_size);

struct ChunkedValue {
    torch::Tensor value;                                          // f(x)
    std::function<torch::Tensor(const torch::Tensor&)> pullback;  // w -> J^T w
};

/// f(x) and its vector-Jacobian product. Batches of at most `most_kept` rows keep what the backward pass needs as long
/// as the pullback lives, larger ones compute it again for each call.
ChunkedValue linearise_in_chunks(const ChunkFunction& f, const torch::Tensor& x, int64_t rows = chunk_size);

}  // namespace drift
