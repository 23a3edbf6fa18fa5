#include "core/training/batch.h"

#include "core/log_weights.h"
#include "core/publish.h"
#include "core/training/streams.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

using Counts = std::array<int64_t, trajectory_sources>;

int64_t& count_of(Counts& counts, TrajectorySource source) {
    return counts.at(static_cast<size_t>(source));
}

std::array<double, trajectory_sources> alone_share(TrajectorySource source) {
    std::array<double, trajectory_sources> shares{};
    shares.at(static_cast<size_t>(source)) = 1;
    return shares;
}

/// Draws that go into one batch.
class Drawing {
public:
    Drawing(const Model& model, const Policy& policy, const BatchOptions& options, const BatchPlace& place,
            ReplayBuffer& buffer, const ReplayBuffer& local)
        : model_(model),
          policy_(policy),
          options_(options),
          place_(place),
          buffer_(buffer),
          local_(local),
          counts_(apportioned(options.only ? alone_share(*options.only) : options.shares, options.batch)) {}

    Trajectories draw() {
        leave_to_policy(TrajectorySource::Buffer, buffer_.empty());
        leave_to_policy(TrajectorySource::LocalSearch, local_.empty());
        leave_to_policy(TrajectorySource::Data, !options_.data.defined());
        add_policy();
        add_reference();
        add_from(buffer_, TrajectorySource::Buffer, TrainingUse::Buffer, TrainingUse::BufferBack);
        add_from(local_, TrajectorySource::LocalSearch, TrainingUse::Local, TrainingUse::LocalBack);
        add_data();
        add_back_and_forth();
        refresh_buffer();
        for (const Trajectories& part : fresh_) {
            buffer_.add(part.last(), part.value);
        }
        return joined(parts_);
    }

private:
    Random stream(TrainingUse use) const { return stream_of(place_.seed, place_.iteration, use); }
    int64_t& count(TrajectorySource source) { return count_of(counts_, source); }

    void leave_to_policy(TrajectorySource source, bool has_none) {
        if (has_none) {
            count(TrajectorySource::OnPolicy) += std::exchange(count(source), 0);
        }
    }

    void add_policy() {
        const int64_t own = count(TrajectorySource::OnPolicy);
        const int64_t exploring = count(TrajectorySource::Exploration);
        // Those that go back and forth start from ends of the policy, too.
        if (own + exploring == 0 && count(TrajectorySource::BackAndForth) == 0) {
            return;
        }
        Trajectories rolled = room_for(model_, std::max<int64_t>(own + exploring, 1), TrajectorySource::OnPolicy);
        RollOptions how;
        how.keep = options_.keep;
        if (exploring > 0) {
            how.extra = torch::zeros({rolled.count(), 1}, model_.numbers);
            how.extra.narrow(0, own, exploring).fill_(place_.exploration);
            std::fill(rolled.source.begin() + own, rolled.source.end(), TrajectorySource::Exploration);
        }
        roll(model_, &policy_, how, stream(TrainingUse::Policy), rolled);
        policy_ends_ = rolled.last();
        if (own + exploring > 0) {
            fresh_.push_back(rolled);
            parts_.push_back(std::move(rolled));
        }
    }

    /// Rollouts of the reference, resampled by w: trajectories of the target, the better the more there are.
    void add_reference() {
        const int64_t wanted = count(TrajectorySource::Reference);
        if (wanted == 0) {
            return;
        }
        Trajectories rolled = room_for(model_, wanted * options_.oversampling, TrajectorySource::Reference);
        RollOptions how;
        how.follow_policy = false;
        roll(model_, nullptr, how, stream(TrainingUse::Reference), rolled);
        const std::vector<double> log_w = to_doubles(rolled.value.log_w(place_.beta));
        const Random resampling = stream(TrainingUse::Resampling);
        if (effective_share(log_w) < options_.least_ess && !buffer_.empty()) {
            fresh_.push_back(rolled);
            add_ends(buffer_, draw_by_weight(buffer_.log_w(place_.beta), wanted, resampling),
                     TrajectorySource::Reference, stream(TrainingUse::ReferenceBack));
            return;
        }
        Trajectories resampled = chosen(rolled, draw_by_weight(log_w, wanted, resampling));
        fresh_.push_back(resampled);
        parts_.push_back(std::move(resampled));
    }

    void add_from(const ReplayBuffer& ends, TrajectorySource source, TrainingUse use, TrainingUse back) {
        if (count(source) > 0) {
            // ends of the policy stand for it only where none of them is preferred
            const BufferPriority priority = options_.only ? BufferPriority::Uniform : options_.priority;
            add_ends(ends, draw_from(ends, priority, place_.beta, count(source), stream(use)), source, stream(back));
        }
    }

    void add_ends(const ReplayBuffer& ends, const std::vector<int64_t>& which, TrajectorySource source,
                  const Random& random) {
        const torch::Tensor index = torch::tensor(which, torch::kInt64);
        Trajectories part = room_for(model_, index.size(0), source);
        part.last().copy_(ends.x.index_select(0, index));
        go_back(model_, random, part);
        look_around(model_, part);
        part.value = {ends.base.index_select(0, index).to(torch::kFloat64),
                      ends.log_r.index_select(0, index).to(torch::kFloat64)};
        parts_.push_back(std::move(part));
    }

    void add_data() {
        const int64_t wanted = count(TrajectorySource::Data);
        if (wanted == 0) {
            return;
        }
        std::vector<int64_t> which;
        for (const double u : uniforms(stream(TrainingUse::Data), wanted)) {
            which.push_back(static_cast<int64_t>(u * static_cast<double>(options_.data.size(0))));
        }
        Trajectories part = room_for(model_, wanted, TrajectorySource::Data);
        part.last().copy_(options_.data.index_select(0, torch::tensor(which, torch::kInt64)));
        go_back(model_, stream(TrainingUse::DataBack), part);
        look_around(model_, part);
        look_at_ends(model_, part);
        parts_.push_back(std::move(part));
    }

    /// An end of the policy, noised back all the way and sampled again from some step on.
    void add_back_and_forth() {
        const int64_t wanted = count(TrajectorySource::BackAndForth);
        if (wanted == 0) {
            return;
        }
        const Random random = stream(TrainingUse::BackAndForth);
        std::vector<int64_t> which(static_cast<size_t>(wanted));
        std::iota(which.begin(), which.end(), int64_t{0});
        for (int64_t& i : which) {
            i %= policy_ends_.size(0);
        }
        Trajectories part = room_for(model_, wanted, TrajectorySource::BackAndForth);
        part.last().copy_(policy_ends_.index_select(0, torch::tensor(which, torch::kInt64).to(part.x.device())));
        go_back(model_, random, part);
        RollOptions how;
        const int64_t steps = model_.reference->steps();
        how.from =
            std::min(steps - 1, 1 + static_cast<int64_t>(uniforms(random, 1).at(0) * static_cast<double>(steps - 1)));
        look_around(model_, part);
        if (how.from > 0) {
            roll(model_, &policy_, how, {random.seed + 1}, part);
        } else {
            look_at_ends(model_, part);
        }
        fresh_.push_back(part);
        parts_.push_back(std::move(part));
    }

    /// What is learned from old ends alone is not learned of where the policy has come to since.
    void refresh_buffer() {
        if (!fresh_.empty() || count(TrajectorySource::Buffer) == 0) {
            return;
        }
        Trajectories rolled = room_for(model_, count(TrajectorySource::Buffer), TrajectorySource::OnPolicy);
        roll(model_, &policy_, {}, stream(TrainingUse::Policy), rolled);
        fresh_.push_back(std::move(rolled));
    }

    const Model& model_;
    const Policy& policy_;
    const BatchOptions& options_;
    BatchPlace place_;
    ReplayBuffer& buffer_;
    const ReplayBuffer& local_;
    Counts counts_;
    std::vector<Trajectories> parts_;
    std::vector<Trajectories> fresh_;  // whose ends are new
    torch::Tensor policy_ends_;
};

}  // namespace

Counts apportioned(const std::array<double, trajectory_sources>& shares, int64_t batch) {
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    Counts counts{};
    if (!(total > 0)) {
        counts[0] = batch;
        return counts;
    }
    std::array<double, trajectory_sources> remainder{};
    int64_t given = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
        const double exact = shares.at(i) / total * static_cast<double>(batch);
        counts.at(i) = static_cast<int64_t>(exact);
        remainder.at(i) = exact - static_cast<double>(counts.at(i));
        given += counts.at(i);
    }
    for (; given < batch; ++given) {
        const auto largest = std::ranges::max_element(remainder);
        ++counts.at(static_cast<size_t>(largest - remainder.begin()));
        *largest = -1;
    }
    return counts;
}

Trajectories draw_batch(const Model& model, const Policy& policy, const BatchOptions& options, const BatchPlace& place,
                        ReplayBuffer& buffer, const ReplayBuffer& local) {
    return Drawing(model, policy, options, place, buffer, local).draw();
}

Trajectories draw_amortised_batch(const Model& model, const Policy& policy, const BatchOptions& options,
                                  const BatchPlace& place) {
    const auto stream = [&](TrainingUse use) { return stream_of(place.seed, place.iteration, use); };
    const int64_t groups = options.batch / options.group;
    const int64_t others = options.group - 1;
    const Random observing = stream(TrainingUse::Observations);
    if (options.only) {
        Trajectories own = room_for(model, options.batch, *options.only);
        own.observed = model.terminal->draw_observed(groups, observing).repeat_interleave(options.group, 0);
        roll(model, &policy, {}, stream(TrainingUse::Policy), own);
        if (options.only == TrajectorySource::Buffer) {
            go_back(model, stream(TrainingUse::BufferBack), own);
            look_around(model, own);
        }
        return own;
    }
    Trajectories from_data = room_for(model, groups, TrajectorySource::Data);
    from_data.last().copy_(model.terminal->prior_draws(groups, observing));
    from_data.observed = model.terminal->draw_observed(groups, observing);  // of the same draws
    go_back(model, stream(TrainingUse::DataBack), from_data);
    look_around(model, from_data);
    look_at_ends(model, from_data);
    Trajectories rolled = room_for(model, groups * others, TrajectorySource::OnPolicy);
    rolled.observed = from_data.observed.repeat_interleave(others, 0);
    RollOptions how;
    if (place.exploration > 0) {
        how.extra = torch::full({rolled.count(), 1}, place.exploration, model.numbers);
        std::fill(rolled.source.begin(), rolled.source.end(), TrajectorySource::Exploration);
    }
    roll(model, &policy, how, stream(TrainingUse::Policy), rolled);
    std::vector<int64_t> order;
    for (int64_t g = 0; g < groups; ++g) {
        order.push_back(g);
        for (int64_t i = 0; i < others; ++i) {
            order.push_back(groups + g * others + i);
        }
    }
    return chosen(joined({from_data, rolled}), order);
}

}  // namespace drift
