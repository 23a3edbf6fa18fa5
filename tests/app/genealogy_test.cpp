#include "app/genealogy.h"

#include "app/genealogy_layout.h"
#include "app/lineage.h"
#include "trees.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace drift {
namespace {

using test::make_tree;
using test::small_tree;

constexpr int64_t all_of_it = 1'000'000'000;

Genealogy genealogy_of(const Recording& recording) {
    Genealogy genealogy;
    EXPECT_TRUE(genealogy.update(recording, 1, all_of_it));
    return genealogy;
}

/// A resampling before each state: parents drawn with a few favourites, not sorted.
Recording random_tree(int64_t count, int64_t states, uint32_t seed) {
    std::mt19937 engine(seed);
    std::vector<std::vector<int32_t>> parents(1);
    for (int64_t k = 1; k < states; ++k) {
        std::vector<int32_t> drawn;
        for (int64_t i = 0; i < count; ++i) {
            const auto place = static_cast<double>(engine()) / 4294967296.0;
            drawn.push_back(static_cast<int32_t>(place * place * static_cast<double>(count)));
        }
        parents.push_back(k % 3 == 0 ? std::vector<int32_t>{} : drawn);
    }
    return make_tree(count, parents);
}

TEST(Genealogy, GenerationsAreTheStatesBetweenResamplings) {
    const Genealogy genealogy = genealogy_of(small_tree());
    const auto generations = genealogy.generations();
    ASSERT_EQ(generations.size(), 4U);
    EXPECT_EQ(generations[0].first, 0);
    EXPECT_EQ(generations[0].last, 1);
    EXPECT_EQ(generations[1].first, 2);
    EXPECT_EQ(generations[3].last, 6);
    EXPECT_EQ(genealogy.generation_of(3), 1U);
    EXPECT_EQ(genealogy.generation_of(100), 3U);
}

TEST(Genealogy, ChildrenLieInTheOrderOfTheirParents) {
    const Genealogy genealogy = genealogy_of(small_tree());
    // Parents of state 2 are 0, 2, 2, 0: the children of 0 come first.
    EXPECT_EQ(genealogy.generations()[1].place, (std::vector<int32_t>{0, 2, 3, 1}));
    // Slot 1, at place 2, has the children 0 and 1; slot 2 at place 3 has 2; slot 3 at place 1 has 3.
    EXPECT_EQ(genealogy.generations()[2].place, (std::vector<int32_t>{1, 2, 3, 0}));
}

TEST(Genealogy, NoLinesCrossAndFamiliesAreUnbroken) {
    const Recording recording = random_tree(60, 40, 3);
    const Genealogy genealogy = genealogy_of(recording);
    for (size_t g = 1; g < genealogy.generations().size(); ++g) {
        const Generation& parents = genealogy.generations()[g - 1];
        const Generation& children = genealogy.generations()[g];
        const std::vector<int32_t>& ancestors = recording.at(children.first)->ancestors;
        std::vector<std::pair<int32_t, int32_t>> links;  // place of the child, of the parent
        for (size_t i = 0; i < ancestors.size(); ++i) {
            links.emplace_back(children.place[i], parents.place[static_cast<size_t>(ancestors[i])]);
        }
        std::sort(links.begin(), links.end());
        for (size_t i = 0; i < links.size(); ++i) {
            ASSERT_EQ(links[i].first, static_cast<int32_t>(i)) << "every place is taken once";
            ASSERT_TRUE(i == 0 || links[i - 1].second <= links[i].second)
                << "lines cross before state " << children.first;
        }
    }
}

TEST(Genealogy, FirstAncestorsAndSurvivorsAreThoseOfTheRecording) {
    const Recording recording = random_tree(60, 40, 5);
    const Genealogy genealogy = genealogy_of(recording);
    for (size_t g = 0; g < genealogy.generations().size(); ++g) {
        const int64_t step = genealogy.generations()[g].last;
        std::vector<int32_t> descendants(60, 0);
        std::set<int32_t> eves;
        for (int32_t i = 0; i < 60; ++i) {
            ++descendants[static_cast<size_t>(recording.ancestor(39, step, i))];
            const int32_t eve = recording.ancestor(step, 0, i);
            eves.insert(eve);
            ASSERT_EQ(genealogy.eve_of(g, i), eve) << step;
        }
        EXPECT_EQ(genealogy.generations()[g].families.size(), eves.size());
        size_t alive = 0;
        for (int32_t i = 0; i < 60; ++i) {
            ASSERT_EQ(genealogy.descendants_of(g, i), descendants[static_cast<size_t>(i)]) << step << " " << i;
            alive += descendants[static_cast<size_t>(i)] > 0 ? 1 : 0;
        }
        EXPECT_EQ(genealogy.survivors(g).size(), alive);
    }
}

TEST(Genealogy, TheLastCommonAncestorIsTheLatestOne) {
    const Recording recording = random_tree(20, 60, 8);
    const Genealogy genealogy = genealogy_of(recording);
    int64_t found = 0;
    for (const Generation& generation : genealogy.generations()) {
        int64_t met = -1;
        for (int64_t k = 0; k <= generation.first; ++k) {
            std::set<int32_t> ancestors;
            for (int32_t i = 0; i < 20; ++i) {
                ancestors.insert(recording.ancestor(generation.first, k, i));
            }
            met = ancestors.size() == 1 ? k : met;
        }
        ASSERT_EQ(generation.met, met) << generation.first;
        found += met >= 0 ? 1 : 0;
    }
    EXPECT_GT(found, 0) << "the test has to see some";
}

TEST(Genealogy, MeetingsLieWhereSurvivorsHaveTheirLastCommonAncestor) {
    const Genealogy genealogy = genealogy_of(small_tree());
    const std::vector<Meeting> meetings = genealogy.meetings(0.1);
    ASSERT_EQ(meetings.size(), 1U);
    EXPECT_EQ(genealogy.generations()[meetings[0].generation].last, 3);
    EXPECT_EQ(meetings[0].slot, 1);
    EXPECT_EQ(meetings[0].descendants, 4);
    EXPECT_EQ(genealogy.generations().back().met, 3);
}

TEST(Genealogy, PathsGoThroughTheAncestors) {
    const Recording recording = small_tree();
    const Genealogy genealogy = genealogy_of(recording);
    const std::vector<TreePoint> path = genealogy.path(recording, {6, 3});  // 3 <- 1 <- 1 <- 2
    ASSERT_EQ(path.size(), 7U);
    EXPECT_EQ(path.front().step, 0);
    EXPECT_EQ(path.front().place, genealogy.place_of(0, 2));
    EXPECT_EQ(path[2].step, 2);
    EXPECT_EQ(path[2].place, genealogy.place_of(1, 1));
    EXPECT_EQ(path.back().step, 6);
    EXPECT_EQ(path.back().place, genealogy.place_of(3, 3));
}

TEST(Genealogy, PlacesAndSlotsBelongTogether) {
    const Genealogy genealogy = genealogy_of(random_tree(30, 10, 2));
    for (size_t g = 0; g < genealogy.generations().size(); ++g) {
        for (int32_t slot = 0; slot < 30; ++slot) {
            ASSERT_EQ(genealogy.slot_at(g, genealogy.place_of(g, slot)), slot);
        }
        for (const Survivor& survivor : genealogy.survivors(g)) {
            ASSERT_EQ(genealogy.survivor_at(g, genealogy.place_of(g, survivor.slot)), survivor.slot);
        }
        EXPECT_EQ(genealogy.survivor_at(g, -1), genealogy.survivors(g).front().slot);
        EXPECT_EQ(genealogy.survivor_at(g, 2), genealogy.survivors(g).back().slot);
    }
}

TEST(Genealogy, ComesToTheSameInSmallPortionsWhileTheRecordingGrows) {
    const Recording whole = random_tree(50, 30, 4);
    Recording growing;
    growing.start(whole.scene());
    Genealogy piecewise;
    for (int64_t k = 0; k < whole.size(); ++k) {
        growing.append(whole.at(k));
        piecewise.update(growing, 1, 30);  // less than a generation
    }
    int rounds = 0;
    while (!piecewise.update(growing, 1, 30) && rounds < 10'000) {
        ++rounds;
    }
    EXPECT_GT(rounds, 1) << "the work of one call is bounded";
    const Genealogy at_once = genealogy_of(whole);
    ASSERT_EQ(piecewise.generations().size(), at_once.generations().size());
    for (size_t g = 0; g < at_once.generations().size(); ++g) {
        EXPECT_EQ(piecewise.generations()[g].place, at_once.generations()[g].place);
        EXPECT_EQ(piecewise.generations()[g].last, at_once.generations()[g].last);
        ASSERT_EQ(piecewise.survivors(g).size(), at_once.survivors(g).size());
        for (size_t i = 0; i < at_once.survivors(g).size(); ++i) {
            EXPECT_EQ(piecewise.survivors(g)[i].slot, at_once.survivors(g)[i].slot);
            EXPECT_EQ(piecewise.survivors(g)[i].descendants, at_once.survivors(g)[i].descendants);
        }
    }
}

TEST(Genealogy, NothingIsMadeAnewWhereNothingIsNew) {
    const Recording recording = small_tree();
    Genealogy genealogy = genealogy_of(recording);
    const uint64_t version = genealogy.version();
    EXPECT_TRUE(genealogy.update(recording, 1, all_of_it));
    EXPECT_EQ(genealogy.version(), version);
    EXPECT_TRUE(genealogy.update(recording, 2, all_of_it)) << "another recording";
    EXPECT_GT(genealogy.version(), version);
    genealogy.update(Recording{}, 3, all_of_it);
    EXPECT_TRUE(genealogy.empty());
}

TEST(Genealogy, MoreParticlesThanItCanHoldAreRefused) {
    Recording recording;
    recording.start(std::make_shared<Scene>());
    auto frame = std::make_shared<Frame>();
    frame->count = Genealogy::most_particles + 1;
    recording.append(frame);
    Genealogy genealogy;
    EXPECT_TRUE(genealogy.update(recording, 1, all_of_it));
    EXPECT_TRUE(genealogy.too_many());
    EXPECT_TRUE(genealogy.empty());
}

TEST(GenealogyLayout, DrawsEverythingOfASmallTree) {
    const Recording recording = small_tree();
    const TreeLayout layout = lay_out(genealogy_of(recording), recording);
    // Survivors by generation: slot 2; slot 1; slots 0 and 1; all four.
    ASSERT_EQ(layout.survivors.size(), 8U);
    EXPECT_EQ(layout.survivors[0].slot, 2);
    EXPECT_EQ(layout.survivors[0].share, 1);
    EXPECT_EQ(layout.survivors.back().share, 0.25);
    EXPECT_EQ(layout.survivors[1].parent.step, 1);
    EXPECT_EQ(layout.survivors[1].start.step, 2);
    // Without descendants: 0, 1, 3 at the start; 0, 2, 3 of the second generation; 2 and 3 of the third.
    EXPECT_EQ(layout.dead.size(), 8U);
    EXPECT_EQ(drawn_text(layout), "");
    EXPECT_TRUE(layout.bands.empty());
}

TEST(GenealogyLayout, StaysWithinItsLimitsAndSaysWhatIsMissing) {
    const Recording recording = random_tree(400, 120, 6);
    const Genealogy genealogy = genealogy_of(recording);
    TreeLimits limits;
    limits.survivor_lines = 300;
    limits.dead_lines = 200;
    limits.columns = 20;
    limits.bands_above = 100;
    limits.band_edges = 100;
    const TreeLayout layout = lay_out(genealogy, recording, limits);
    EXPECT_LE(layout.survivors.size(), 300U);
    EXPECT_GT(layout.survivors.size(), 20U);
    EXPECT_LE(layout.dead.size(), 200U);
    EXPECT_GT(layout.dead.size(), 50U);
    EXPECT_FALSE(layout.bands.empty());
    const std::string text = drawn_text(layout);
    EXPECT_NE(text.find("of 400 survivors"), std::string::npos) << text;
    EXPECT_NE(text.find("dead branches"), std::string::npos) << text;
    EXPECT_NE(text.find("resamplings"), std::string::npos) << text;
}

TEST(GenealogyLayout, BandsHoldTheirFamilies) {
    const Recording recording = random_tree(50, 8, 9);
    const Genealogy genealogy = genealogy_of(recording);
    TreeLimits limits;
    limits.bands_above = 10;
    const TreeLayout layout = lay_out(genealogy, recording, limits);
    ASSERT_EQ(layout.bands.size(), genealogy.generations().back().families.size());
    double whole = 0;
    for (const TreeBand& band : layout.bands) {
        whole += band.edges.back().bottom - band.edges.back().top;
        EXPECT_NEAR(band.edges.front().bottom - band.edges.front().top, 1.0 / 50, 1e-12) << "it begins as one particle";
    }
    EXPECT_NEAR(whole, 1, 1e-12) << "at the end only these families are there";
}

TEST(Lineage, AParticleIsItsAncestorBeforeAndItsDescendantsAfter) {
    const Recording recording = small_tree();
    EXPECT_EQ(kin_at(recording, {6, 3}, 0), (std::vector<int32_t>{2}));
    EXPECT_EQ(kin_at(recording, {6, 3}, 4), (std::vector<int32_t>{1}));
    EXPECT_EQ(kin_at(recording, {6, 3}, 6), (std::vector<int32_t>{3}));
    EXPECT_EQ(kin_at(recording, {4, 1}, 6), (std::vector<int32_t>{1, 3}));
    EXPECT_TRUE(kin_at(recording, {4, 2}, 6).empty()) << "it died";
    EXPECT_TRUE(kin_at(recording, {6, 4}, 0).empty()) << "no such particle";
    EXPECT_TRUE(kin_at(recording, {9, 0}, 0).empty()) << "no such state";
    EXPECT_TRUE(kin_at(recording, {}, 0).empty());
}

TEST(Lineage, ABrushedSetHasAncestorsBeforeAndDescendantsAfter) {
    const Recording recording = small_tree();
    const Brush brush{4, {1, 2}};
    EXPECT_EQ(brushed_at(recording, brush, 4), (std::vector<int32_t>{1, 2}));
    EXPECT_EQ(brushed_at(recording, brush, 2), (std::vector<int32_t>{1, 2}));
    EXPECT_EQ(brushed_at(recording, brush, 0), (std::vector<int32_t>{2})) << "both come from 2";
    EXPECT_EQ(brushed_at(recording, brush, 6), (std::vector<int32_t>{1, 3})) << "2 died";
    EXPECT_TRUE(brushed_at(recording, {}, 3).empty());
    EXPECT_TRUE(brushed_at(recording, {4, {17}}, 3).empty()) << "of a larger run";
}

}  // namespace
}  // namespace drift
