// The picture of what a policy has learned: by how much it moves the expected end of the way, beside the exact answer
// and that of DPS (core/correction_field.h).
#pragma once

#include "core/correction_field.h"
#include "core/torch.h"
#include "core/training/walk.h"

#include <memory>
#include <mutex>

namespace drift {

/// Belongs to a problem and a reference; knows no weights, so that samplers with others share it.
class CorrectionProbe {
public:
    CorrectionProbe(Task task, Model model);

    /// Whether the process is one of the plane.
    bool flat() const;

    /// Whether step k leaves from where there is a field: x_k says something of the end.
    bool knows(int64_t k) const;
    /// The part of the plane that a picture of step k shows.
    GridBox box(int64_t k, const Scene& scene) const;
    /// The field of such a step, with particles `x` [m, 2] that are there.
    CorrectionNumbers at(const Policy& policy, int64_t k, const GridBox& box, const torch::Tensor& x) const;
    /// Some particles of the policy at x_k, [count, d].
    torch::Tensor particles_at(const Policy& policy, int64_t k, int64_t count, const Random& random) const;

    // The three fields at rows x [n, 2], float64 [n, 2] on the host; undefined where one is not known.
    torch::Tensor learned(const Policy& policy, int64_t k, const torch::Tensor& x) const;
    torch::Tensor exact(int64_t k, const torch::Tensor& x) const;
    torch::Tensor dps(int64_t k, const torch::Tensor& x) const;

private:
    /// log of the density of the end under the target, but for a constant, at the nodes of a grid.
    struct Nodes {
        torch::Tensor z;            // [N, 2]
        torch::Tensor log_density;  // [N]
        double spacing = 0;
    };
    const Nodes& nodes() const;
    bool has_nodes() const;
    torch::Tensor expected_end(int64_t k, const torch::Tensor& x) const;
    torch::Tensor end_gradient(const torch::Tensor& end) const;

    Task task_;
    Model model_;
    mutable std::once_flag nodes_made_;
    mutable Nodes nodes_;  // made when a picture asks for them first
};

}  // namespace drift
