#include "app/genealogy_layout.h"

#include "app/events.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace drift {
namespace {

/// The generations that are drawn: one in `stride`, and the last.
std::vector<size_t> levels_of(size_t generations, size_t stride) {
    std::vector<size_t> levels;
    for (size_t g = 0; g + 1 < generations; g += stride) {
        levels.push_back(g);
    }
    levels.push_back(generations - 1);
    return levels;
}

class Layer {
public:
    Layer(const Genealogy& genealogy, const Recording& recording, const TreeLimits& limits)
        : genealogy_(genealogy), recording_(recording), limits_(limits), all_(genealogy.generations()) {
        layout_.stride = std::max<size_t>(1, (all_.size() + limits.columns - 1) / std::max<size_t>(limits.columns, 1));
        levels_ = levels_of(all_.size(), layout_.stride);
        layout_.particles = all_.back().count();
        layout_.families = static_cast<int64_t>(all_.back().families.size());
    }

    TreeLayout lay_out() {
        add_survivors();
        add_dead();
        if (layout_.particles > limits_.bands_above) {
            add_bands();
        }
        return std::move(layout_);
    }

private:
    /// Drawn survivors of every level, as indices of Genealogy::survivors().
    using Drawn = std::vector<std::vector<int32_t>>;

    /// Their ancestors at level - 1, one for each; neighbours may share one.
    std::vector<int32_t> parents_of(const std::vector<int32_t>& drawn, size_t level) const {
        std::vector<int32_t> parents = drawn;
        for (size_t g = levels_[level]; g > levels_[level - 1]; --g) {
            for (int32_t& index : parents) {
                index = genealogy_.survivors(g)[static_cast<size_t>(index)].parent;
            }
        }
        return parents;
    }

    Drawn draw_from(int64_t leaves) const {
        const int64_t stride = std::max<int64_t>(1, (layout_.particles + leaves - 1) / leaves);
        Drawn drawn(levels_.size());
        for (int64_t i = stride / 2; i < layout_.particles; i += stride) {
            drawn.back().push_back(static_cast<int32_t>(i));
        }
        for (size_t level = levels_.size(); level-- > 1;) {
            drawn[level - 1] = parents_of(drawn[level], level);
            drawn[level - 1].erase(std::unique(drawn[level - 1].begin(), drawn[level - 1].end()),
                                   drawn[level - 1].end());
        }
        return drawn;
    }

    void add_survivors() {
        int64_t leaves = std::min(limits_.leaves, layout_.particles);
        Drawn drawn = draw_from(leaves);
        const auto lines = [&drawn] {
            return std::accumulate(drawn.begin(), drawn.end(), size_t{0},
                                   [](size_t sum, const auto& level) { return sum + level.size(); });
        };
        while (lines() > limits_.survivor_lines && leaves > 1) {
            leaves /= 2;
            drawn = draw_from(leaves);
        }
        layout_.survivors_drawn = static_cast<int64_t>(drawn.back().size());
        for (size_t level = 0; level < levels_.size(); ++level) {
            const size_t g = levels_[level];
            const std::vector<int32_t> parents = level > 0 ? parents_of(drawn[level], level) : std::vector<int32_t>{};
            for (size_t i = 0; i < drawn[level].size(); ++i) {
                const Survivor& survivor = genealogy_.survivors(g)[static_cast<size_t>(drawn[level][i])];
                TreeLine line = line_of(g, survivor.slot);
                line.share = static_cast<double>(survivor.descendants) / static_cast<double>(layout_.particles);
                if (level > 0) {
                    const size_t before = levels_[level - 1];
                    const int32_t slot = genealogy_.survivors(before)[static_cast<size_t>(parents[i])].slot;
                    line.parent = {static_cast<double>(all_[before].last), genealogy_.place_of(before, slot)};
                }
                layout_.survivors.push_back(line);
            }
        }
    }

    TreeLine line_of(size_t g, int32_t slot) const {
        TreeLine line;
        line.generation = g;
        line.slot = slot;
        const double place = genealogy_.place_of(g, slot);
        line.start = {static_cast<double>(all_[g].first), place};
        line.end = {static_cast<double>(all_[g].last), place};
        line.parent = line.start;
        return line;
    }

    bool survives(size_t g, int32_t slot) const { return genealogy_.descendants_of(g, slot) > 0; }

    /// From those without children back to where their branch left the survivors.
    void add_dead() {
        size_t chosen = 0;
        for (size_t g = 0; g + 1 < all_.size(); ++g) {
            layout_.ended += all_[g].ended_count;
            chosen += all_[g].ended.size();
        }
        const size_t stride = std::max<size_t>(1, (2 * chosen + limits_.dead_lines - 1) / limits_.dead_lines);
        size_t seen = 0;
        for (size_t g = 0; g + 1 < all_.size(); ++g) {
            for (const int32_t slot : all_[g].ended) {
                if (seen++ % stride == 0 && layout_.dead.size() < limits_.dead_lines) {
                    add_branch(g, slot);
                    ++layout_.ended_drawn;
                }
            }
        }
    }

    void add_branch(size_t g, int32_t slot) {
        for (; !survives(g, slot) && is_new(g, slot) && layout_.dead.size() < limits_.dead_lines; --g) {
            TreeLine line = line_of(g, slot);
            if (g == 0) {
                layout_.dead.push_back(line);
                return;
            }
            slot = recording_.at(all_[g].first)->ancestors[static_cast<size_t>(slot)];
            line.parent = {static_cast<double>(all_[g - 1].last), genealogy_.place_of(g - 1, slot)};
            layout_.dead.push_back(line);
        }
    }

    /// False where a branch that was drawn before comes through here.
    bool is_new(size_t g, int32_t slot) {
        return drawn_dead_.insert((static_cast<uint64_t>(g) << 32) | static_cast<uint32_t>(slot)).second;
    }

    /// Bands of the families that survive, the largest where they are many.
    void add_bands() {
        const std::vector<Family>& newest = all_.back().families;
        std::vector<size_t> order(newest.size());
        std::iota(order.begin(), order.end(), size_t{0});
        const auto size_of = [&](size_t i) { return all_.back().end_of(i) - newest[i].first; };
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return size_of(a) > size_of(b); });
        order.resize(std::min(order.size(), std::max<size_t>(1, limits_.band_edges / (2 * levels_.size()))));
        for (const size_t i : order) {
            layout_.bands.push_back({newest[i].eve, {}});
        }
        for (const size_t g : levels_) {
            for (TreeBand& band : layout_.bands) {
                add_edges(g, band);
            }
        }
    }

    void add_edges(size_t g, TreeBand& band) const {
        const Generation& generation = all_[g];
        // Families keep the order of their first ancestors.
        const auto found = std::lower_bound(generation.families.begin(), generation.families.end(), band.eve,
                                            [](const Family& family, int32_t eve) { return family.eve < eve; });
        const auto n = static_cast<double>(generation.count());
        const double top = found->first / n;
        const double bottom = generation.end_of(static_cast<size_t>(found - generation.families.begin())) / n;
        band.edges.push_back({static_cast<double>(generation.first), top, bottom});
        if (generation.last > generation.first) {
            band.edges.push_back({static_cast<double>(generation.last), top, bottom});
        }
    }

    const Genealogy& genealogy_;
    const Recording& recording_;
    TreeLimits limits_;
    std::span<const Generation> all_;
    std::vector<size_t> levels_;
    std::unordered_set<uint64_t> drawn_dead_;
    TreeLayout layout_;
};

}  // namespace

TreeLayout lay_out(const Genealogy& genealogy, const Recording& recording, const TreeLimits& limits) {
    return genealogy.empty() ? TreeLayout{} : Layer(genealogy, recording, limits).lay_out();
}

std::string drawn_text(const TreeLayout& layout) {
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "Drawn: " : ", ") + part; };
    if (layout.survivors_drawn < layout.particles) {
        add(grouped(layout.survivors_drawn) + " of " + grouped(layout.particles) + " survivors");
    }
    if (layout.ended_drawn < layout.ended) {
        add(grouped(layout.ended_drawn) + " of " + grouped(layout.ended) + " dead branches");
    }
    const auto bands = static_cast<int64_t>(layout.bands.size());
    if (bands > 0 && bands < layout.families) {
        add("the " + grouped(bands) + " largest of " + grouped(layout.families) + " families as bands");
    }
    if (layout.stride > 1) {
        add("one in " + std::to_string(layout.stride) + " resamplings");
    }
    return text;
}

}  // namespace drift
