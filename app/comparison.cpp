#include "app/comparison.h"

#include "app/events.h"
#include "core/problem_key.h"

#include <algorithm>
#include <utility>

namespace drift {
namespace {

constexpr size_t most_runs = 100;  // of one problem

bool in_space(const Choice& sampler, const std::string& space) {
    return sampler.params.contains("space") && sampler.params.at("space").value == Value(space);
}

bool takes_space(const Choice& sampler, const std::string& space) {
    if (!sampler.params.contains("space")) {
        return false;
    }
    const std::vector<std::string>& options = sampler.params.at("space").options;
    return std::find(options.begin(), options.end(), space) != options.end();
}

}  // namespace

const std::vector<std::string>& Comparison::methods() {
    static const std::vector<std::string> keys{"dps", "smc", "outsourced", "rtb"};
    return keys;
}

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
               (!old.failure.empty() && old.scenario.sampler.type == run.scenario.sampler.type);
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
        file({scenario, summary.outcome, summary.seconds + summary.training_seconds, {}});
    }
}

std::vector<std::string> Comparison::missing(const Scenario& scenario) const {
    std::vector<std::string> keys = methods();
    if (const ComparedProblem* problem = problem_of(scenario)) {
        const auto counts = [&scenario](const ComparedRun& run) {  // a failure does for its own setting only
            return run.failure.empty() ||
                   (run.scenario.seed == scenario.seed && run.scenario.particles == scenario.particles &&
                    same_values(run.scenario.schedule, scenario.schedule));
        };
        std::erase_if(keys, [&](const std::string& key) {
            return std::any_of(problem->runs.begin(), problem->runs.end(),
                               [&](const ComparedRun& run) { return run.scenario.sampler.type == key && counts(run); });
        });
    }
    return keys;
}

void Comparison::start(const Scenario& scenario) {
    stop();
    if (scenario.condition.type == "none") {  // nothing rewards the samples
        return;
    }
    for (const std::string& key : missing(scenario)) {
        Order order{scenario, false};
        order.scenario.sampler = default_choice(Kind::Sampler, key);
        order.may_move = in_space(order.scenario.sampler, "data") && takes_space(order.scenario.sampler, "noise");
        waiting_.push_back(std::move(order));
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
        waiting_.front().scenario.sampler.params.set("space", std::string("noise"));
    } else {
        file({std::move(waiting_.front().scenario), {}, 0, why});
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
            file({std::move(ran), {}, news.summary->seconds, "its samples have no reward that is a number"});
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
    std::string text = item_at(Kind::Sampler, waiting_.front().scenario.sampler.type).title;
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
