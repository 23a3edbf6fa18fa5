// A classifier's opinion as a reward: log r = strength * log sum over the labels of p(label | x0).

#include "core/arrays.h"
#include "core/conditions/picture_condition.h"
#include "core/nets/chunks.h"
#include "core/nets/trained.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

struct Params {
    std::string weights = "fashion_classifier.weights";
    Array labels{{1}, {9}};
    double strength = 1;
};

const Fields<Params> fields{
    Field<Params>("weights", &Params::weights, "classifier",
                  {"Weight file of the classifier.", "p(label | x)", "Another judge, other pictures."}),
    Field<Params>(
        "labels", &Params::labels, "classes",
        {"The classes that are asked for, by number; Fashion-MNIST: 0 T-shirt, 1 trouser, 2 pullover, 3 dress, "
         "4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.",
         "the labels that are summed over", "More classes: a wider choice."})
        .between(0, 999),
    Field<Params>(
        "strength", &Params::strength, "strength",
        {"How much the classifier's opinion counts.", "log r = strength * log p", "More: purer classes, less variety."})
        .between(0, 100)
        .live(),
};

class ClassCondition final : public Condition {
public:
    ClassCondition(Classifier net, torch::Tensor labels, double strength)
        : net_(std::move(net)), labels_(std::move(labels)), strength_(strength) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return in_chunks([this](const torch::Tensor& x) { return reward(x); }, clean).to(torch::kFloat64);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const auto function = [this](const torch::Tensor& x) { return reward(x); };
        const ChunkedValue value = linearise_in_chunks(function, clean);
        return value.pullback(torch::ones_like(value.value));
    }

private:
    torch::Tensor reward(const torch::Tensor& x) const {
        return net_.log_probabilities(x).index_select(1, labels_).logsumexp(1) * strength_;
    }

    Classifier net_;
    torch::Tensor labels_;
    double strength_;
};

torch::Tensor checked_labels(const Array& labels, int64_t classes) {
    const torch::Tensor list = vector_of(labels, "condition.labels");
    for (const double label : labels.data) {
        if (std::count(labels.data.begin(), labels.data.end(), label) > 1) {
            throw UserError("'condition.labels' names " + shown(label) + " twice, but must name a class once");
        }
        if (label != std::floor(label) || label >= static_cast<double>(classes)) {
            throw UserError("'condition.labels' holds " + shown(label) + ", but must hold whole numbers from 0 to " +
                            std::to_string(classes - 1));
        }
    }
    return list.to(torch::kInt64);
}

std::shared_ptr<const Condition> make_condition(const Params& params, const Prior& prior, const MakeContext& context) {
    const std::vector<int64_t> shape = picture_shape(prior, "class");
    Classifier net =
        read_classifier(find_weights("condition.weights", params.weights, context.folder), "condition.weights");
    const int64_t size = net.config().image;
    if (shape != std::vector<int64_t>{1, size, size}) {
        throw UserError("'condition.weights' is a classifier of " + std::to_string(size) + "x" + std::to_string(size) +
                        " grey pictures, but the prior's have another shape");
    }
    const c10::InferenceMode off(false);  // the backward pass keeps the labels
    torch::Tensor labels = checked_labels(params.labels, net.config().classes);
    return std::make_shared<ClassCondition>(std::move(net), std::move(labels), params.strength);
}

const Registration<Condition> registration{
    {"class", "Class by classifier", "A classifier says how much a picture looks like the classes asked for.",
     describe(fields)},
    [](const ParamSet& params, const Prior& prior, const MakeContext& context) {
        return make_condition(typed(fields, params), prior, context);
    }};

}  // namespace
}  // namespace drift
