// No condition: samples of the prior itself.

#include "core/problem.h"

namespace drift {
namespace {

class None final : public Condition {
public:
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return torch::zeros({clean.size(0)}, clean.options().dtype(torch::kFloat64));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override { return torch::zeros_like(clean); }
    bool is_none() const override { return true; }
};

const Registration<Condition> registration{
    {"none", "None", "Samples the prior.", {}},
    [](const ParamSet&, const Prior&, const MakeContext&) { return std::make_shared<const None>(); }};

}  // namespace
}  // namespace drift
