#include "core/random.h"

#include "core/exec.h"
#include "core/kernels/normals.h"

namespace drift {

void Random::fill_normals(torch::Tensor& out, kernels::Purpose purpose, int64_t step) const {
    TORCH_CHECK(out.is_contiguous(), "normals are written to contiguous memory");
    if (out.numel() == 0) {
        return;
    }
    const kernels::Exec exec = exec_on(out.device());
    const kernels::RandomStream stream{seed, purpose, static_cast<uint32_t>(step)};
    const int64_t n = out.size(0);
    const int64_t dims = out.numel() / n;
    if (out.scalar_type() == torch::kFloat64) {
        kernels::fill_normals(exec, stream, n, dims, out.data_ptr<double>());
    } else {
        kernels::fill_normals(exec, stream, n, dims, out.data_ptr<float>());
    }
}

double Random::uniform(kernels::Purpose purpose, int64_t step) const {
    return kernels::uniform({seed, purpose, static_cast<uint32_t>(step)}, 0, 0);
}

}  // namespace drift
