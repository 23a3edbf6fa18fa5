#include "core/training_columns.h"

#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace drift {
namespace {

using N = TrainingNumbers;

constexpr double most_counted = 9e15;  // whole numbers that a double tells apart

/// Of what `of` finds in a row.
template <class Of>
TrainingColumn column(std::string name, const Of& of) {
    return {std::move(name), [of](const N& n) { return static_cast<double>(of(n)); },
            [of](N& n, double value) {
                auto& number = of(n);
                using Number = std::remove_reference_t<decltype(number)>;
                if (std::is_floating_point_v<Number> || std::abs(value) < most_counted) {
                    number = static_cast<Number>(value);
                }
            }};
}

template <class T>
TrainingColumn column(std::string name, T N::*member) {
    return column(
        std::move(name), [member](auto& n) -> auto& { return n.*member; });
}

std::vector<TrainingColumn> columns_of_file() {
    std::vector<TrainingColumn> all = {
        column("iteration", &N::iteration),
        column("loss", &N::loss),
        column("residual", &N::residual),
        column("residual_spread", &N::residual_spread),
        column("learned_log_z", &N::learned_log_z),
        column("gradient_norm", &N::gradient_norm),
        column("learning_rate", &N::learning_rate),
        column("beta", &N::beta),
        column("exploration", &N::exploration),
        column("log_z_lower", &N::log_z_lower),
        column("log_z", &N::log_z),
        column("log_z_upper", &N::log_z_upper),
        column("ess", &N::ess),
        column("forward_ess", &N::forward_ess),
        column("modes", &N::modes),
        column("missing_modes", &N::missing_modes),
        column("acceptance", &N::acceptance),
        column("search_step_size", &N::step_size),
        column("buffer", &N::buffer),
        column("local_buffer", &N::local_buffer),
        column("restored", &N::restored),
    };
    for (size_t i = 0; i < trajectory_sources; ++i) {
        const std::string source = to_string(static_cast<TrajectorySource>(i));
        all.push_back(column(
            "residual_" + source, [i](auto& n) -> auto& { return n.source_residual.at(i); }));
        all.push_back(column(
            "count_" + source, [i](auto& n) -> auto& { return n.source_count.at(i); }));
    }
    return all;
}

void add_buffer(const std::string& name, BufferNumbers N::*buffer, std::vector<TrainingColumn>& all) {
    using B = BufferNumbers;
    for (const auto& [part, member] : {std::pair{"low", &B::low}, std::pair{"median", &B::median},
                                       std::pair{"high", &B::high}, std::pair{"newest_rank", &B::newest_rank}}) {
        all.push_back(column(
            name + "." + part, [ buffer, member = member ](auto& n) -> auto& { return n.*buffer.*member; }));
    }
}

std::vector<TrainingColumn> columns_to_keep() {
    std::vector<TrainingColumn> all = training_columns();
    all.push_back(column("seconds", &N::seconds));
    add_buffer("in_buffer", &N::in_buffer, all);
    add_buffer("in_local_buffer", &N::in_local_buffer, all);
    return all;
}

}  // namespace

const std::vector<TrainingColumn>& training_columns() {
    static const std::vector<TrainingColumn> all = columns_of_file();
    return all;
}

const std::vector<TrainingColumn>& kept_training_columns() {
    static const std::vector<TrainingColumn> all = columns_to_keep();
    return all;
}

}  // namespace drift
