// The real program on a real display in software, as a picture.
#include "support/paths.h"

#include <gtest/gtest.h>
#include <stb_image.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace drift {
namespace {

struct Image {
    int width = 0;
    int height = 0;
    std::unique_ptr<uint8_t, void (*)(void*)> rgb{nullptr, stbi_image_free};

    uint32_t at(int x, int y) const {
        const uint8_t* p = rgb.get() + 3 * (static_cast<ptrdiff_t>(y) * width + x);
        return (uint32_t{p[0]} << 16) | (uint32_t{p[1]} << 8) | p[2];
    }
    /// Different colours within a rectangle.
    size_t colours(int left, int top, int right, int bottom) const {
        std::set<uint32_t> seen;
        for (int y = top; y < bottom; ++y) {
            for (int x = left; x < right; ++x) {
                seen.insert(at(x, y));
            }
        }
        return seen.size();
    }
};

Image shot_of(const std::string& scenario, const std::string& more) {
    // Of this test alone: others may run beside it.
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string png = ::testing::TempDir() + "driftscope_shot_" + name + ".png";
    std::filesystem::remove(png);
    const std::string command = "xvfb-run -a -s '-screen 0 1920x1200x24' '" + test::program().string() + "' shot '" +
                                (test::source_dir() / "assets/scenarios" / scenario).string() + "' --out '" + png +
                                "' " + more;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    Image image;
    int channels = 0;
    image.rgb.reset(stbi_load(png.c_str(), &image.width, &image.height, &channels, 3));
    EXPECT_NE(image.rgb, nullptr) << "no picture at " << png;
    std::filesystem::remove(png);
    return image;
}

TEST(Shot, ShowsEveryPanelOfSceneA) {
    const Image image = shot_of("scene_a.json", "--size 1280x800");
    ASSERT_NE(image.rgb, nullptr);
    EXPECT_EQ(image.width, 1280);
    EXPECT_EQ(image.height, 800);
    // Text alone, smoothed, gives dozens of shades; an empty panel one or two.
    EXPECT_GT(image.colours(0, 60, 310, 260), 20U) << "scenario";
    EXPECT_GT(image.colours(0, 310, 310, 500), 20U) << "method";
    EXPECT_GT(image.colours(340, 60, 1000, 480), 50U) << "data";
    EXPECT_GT(image.colours(1030, 60, 1270, 480), 20U) << "numbers";
    EXPECT_GT(image.colours(10, 570, 670, 750), 20U) << "time";
    EXPECT_GT(image.colours(720, 570, 1270, 750), 20U) << "schedule";
}

TEST(Shot, ShowsTheStepThatWasAskedForAtTheSizeThatWasAskedFor) {
    const Image start = shot_of("scene_a.json", "--size 1600x900 --step 0");
    const Image later = shot_of("scene_a.json", "--size 1600x900 --step 55");
    ASSERT_NE(start.rgb, nullptr);
    ASSERT_NE(later.rgb, nullptr);
    EXPECT_EQ(start.width, 1600);
    EXPECT_EQ(start.height, 900);
    int different = 0;
    for (int y = 60; y < 400; ++y) {
        for (int x = 420; x < 1160; ++x) {
            different += start.at(x, y) != later.at(x, y) ? 1 : 0;
        }
    }
    EXPECT_GT(different, 2000) << "noise and data look different";
}

TEST(Shot, RefusesWhatTheRunLacksAndScenariosThatCannotRunInOneSentence) {
    const std::string png = ::testing::TempDir() + "driftscope_refused.png";
    const std::string said = ::testing::TempDir() + "driftscope_refused.txt";
    const std::string begin = "xvfb-run -a -s '-screen 0 1920x1200x24' '" + test::program().string() + "' shot '" +
                              (test::source_dir() / "assets/scenarios/scene_a.json").string() +
                              "' --particles 50 --out '" + png + "' ";
    const std::pair<const char*, const char*> cases[] = {
        {"--step 100000", "has the steps 0 to"},
        {"--step 0 --phase Propagate", "has only Weight, Resample, Move"},
        {"--step 3 --phase Weight --set sampler.type=dps", "has only Propagate"},
        {"--part Loss", "no panel in this picture has a tab or choice of that name"},
        {"--phase Weight --set schedule.sigma_min=50", "'schedule.sigma_min' is 50, but must be below"},
    };
    for (const auto& [more, reason] : cases) {
        std::string command = begin;
        command.append(more).append(" > '").append(said).append("' 2>&1");
        const int status = std::system(command.c_str());
        EXPECT_EQ(WEXITSTATUS(status), 2) << more;
        std::ostringstream text;
        text << std::ifstream(said).rdbuf();
        EXPECT_NE(text.str().find(reason), std::string::npos) << more << ": " << text.str();
        EXPECT_EQ(text.str().find("internal error"), std::string::npos) << more << ": " << text.str();
        EXPECT_FALSE(std::filesystem::exists(png)) << more;
    }
    std::filesystem::remove(said);
}

}  // namespace
}  // namespace drift
