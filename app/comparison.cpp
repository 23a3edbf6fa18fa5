#include "app/comparison.h"

#include "app/compared_methods.h"
#include "app/events.h"
#include "core/problem_key.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

constexpr size_t most_runs = 100;  // of one problem

/// Two runs of one method, whatever their seeds and, where it is one of those compared, their other settings are.
bool same_method(const Scenario& a, const Scenario& b) {
    return a.sampler.type == b.sampler.type && compared_method_of(a) == compared_method_of(b);
}

}  // namespace

const ComparedProblem* Comparison::problem_of(const Scenario& scenario) const {
    const auto found = std::find_if(problems_.begin(), problems_.end(), [&scenario](const ComparedProblem& problem) {
        return same_problem(problem.asked, scenario);
    });
    return found == problems_.end() ? nullptr : &*found;
}

ComparedProblem& Comparison::problem_for(const Scenario& scenario) {
    if (const ComparedProblem* known = problem_of(scenario)) {
        return problems_[static_cast<size_t>(known - problems_.data())];
    }
    return problems_.emplace_back(ComparedProblem{scenario, {}, {}, {}, {}});
}

void Comparison::file(ComparedRun run) {
    std::vector<ComparedRun>& runs = problem_for(run.scenario).runs;
    std::erase_if(runs, [&run](const ComparedRun& old) {  // newer word on a method replaces what failed
        return same_values(old.scenario, run.scenario) ||
               (!old.failure.empty() && same_method(old.scenario, run.scenario));
    });
    if (runs.size() == most_runs) {
        runs.erase(runs.begin());
    }
    runs.push_back(std::move(run));
}

void Comparison::add(const Scenario& scenario, const Summary& summary) {
    ComparedProblem& problem = problem_for(scenario);
    for (const auto& [outcome, given] : {std::pair{&problem.of_prior, &summary.prior_outcome},
                                         std::pair{&problem.reweighted, &summary.reweighted_outcome},
                                         std::pair{&problem.exact, &summary.exact_outcome}}) {
        *outcome = given->known() ? *given : *outcome;
    }
    if (summary.outcome.known()) {
        const bool weighted = std::isfinite(summary.log_z);
        file({scenario,
              summary.outcome,
              summary.seconds + summary.training_seconds,
              {},
              summary.log_z,
              summary.log_z_sd,
              weighted ? summary.ess : undefined_number,
              summary.acceptance,
              summary.warnings});
    }
}

std::vector<std::string> Comparison::missing(const Scenario& scenario, const std::vector<std::string>& chosen) const {
    const ComparedProblem* problem = problem_of(scenario);
    const auto known = [&](const ComparedMethod& method) {
        return problem != nullptr && std::ranges::any_of(problem->runs, [&](const ComparedRun& run) {
                   // A failure does for its own setting only.
                   const bool counts = run.failure.empty() || (run.scenario.seed == scenario.seed &&
                                                               run.scenario.particles == scenario.particles &&
                                                               same_values(run.scenario.schedule, scenario.schedule));
                   return counts && method.is_that_of(run.scenario);
               });
    };
    std::vector<std::string> keys;
    for (const ComparedMethod& method : compared_methods()) {
        if (std::ranges::find(chosen, method.key) != chosen.end() && !known(method)) {
            keys.push_back(method.key);
        }
    }
    return keys;
}

void Comparison::start(const Scenario& scenario, const std::vector<std::string>& chosen) {
    stop();
    if (scenario.condition.type == "none") {  // nothing rewards the samples
        return;
    }
    const std::vector<std::string> keys = missing(scenario, chosen);
    for (const ComparedMethod& method : compared_methods()) {
        if (std::ranges::find(keys, method.key) != keys.end()) {
            Order order{by_method(scenario, method), false};
            order.may_move = may_move_to_noise(order.scenario.sampler);
            waiting_.push_back(std::move(order));
        }
    }
    order_first();
}

void Comparison::stop() {
    if (running()) {
        waiting_.clear();
        newest_ = nullptr;
        ++revision_;  // what is still on its way is of no interest
        post_(Play{false});
    }
}

void Comparison::order_first() {
    newest_ = nullptr;
    if (!waiting_.empty()) {
        post_(Start{waiting_.front().scenario, ++revision_, false});
    }
}

void Comparison::failed(const std::string& why) {
    if (waiting_.front().may_move) {
        waiting_.front().may_move = false;
        move_to_noise(waiting_.front().scenario.sampler);
    } else {
        fail(std::move(waiting_.front().scenario), why);
        waiting_.pop_front();
    }
    order_first();
}

bool Comparison::take(News news) {
    if (!running()) {
        return false;
    }
    if (!news.error.empty()) {  // a run that could not begin has no news of its revision
        failed(news.error);
        return true;
    }
    if (news.revision != revision_) {
        return false;
    }
    if (news.scene) {
        steps_ = news.scene->steps;
    }
    if (!news.frames.empty()) {
        newest_ = news.frames.back();
    }
    if (news.summary) {
        Scenario ran = std::move(waiting_.front().scenario);
        waiting_.pop_front();
        add(ran, *news.summary);
        if (!news.summary->outcome.known()) {
            fail(std::move(ran), "its samples have no reward that is a number", news.summary->seconds);
        }
        order_first();
        return true;
    }
    return news.scene != nullptr || !news.frames.empty();
}

std::string Comparison::progress() const {
    if (!running()) {
        return {};
    }
    std::string text = compared_name(waiting_.front().scenario);
    if (newest_ != nullptr && newest_->training != nullptr && newest_->training->sampled < 0) {
        text +=
            ", iteration " + grouped(newest_->training->iteration) + " of " + grouped(newest_->training->iterations);
    } else if (newest_ != nullptr) {
        text += ", step " + grouped(newest_->numbers.step) + " of " + grouped(steps_);
    }
    return waiting_.size() > 1 ? text + "; " + grouped(static_cast<int64_t>(waiting_.size()) - 1) + " more to come"
                               : text;
}

}  // namespace drift
