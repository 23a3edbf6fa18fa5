// Networks out of files that somebody else may have made, through the real program: what such a file announces is
// compared with what it holds before anything is allocated, and the answer is exit 2 and exactly one line.
#include "program.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace drift::test {
namespace {

/// "DRIFTARR", the length of the header, the header and `numbers`: core/array_file.h.
std::string weight_file(const std::string& header, const std::string& numbers = {}, uint64_t length = 0) {
    length = length == 0 ? header.size() : length;
    std::string bytes = "DRIFTARR";
    for (int i = 0; i < 8; ++i) {
        bytes += static_cast<char>(length >> (8 * i) & 0xff);
    }
    return bytes + header + numbers;
}

/// A healthy file of a U-Net whose architecture has `width`, with one array of zeros in float16.
std::string unet(const std::string& width, const std::string& shape, const std::string& numbers) {
    const uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(numbers.data()), numbers.size());
    return weight_file(R"({"format": "driftscope-weights", "version": 1, "variance": 0.25, "architecture": {)"
                       R"("type": "unet", "image": 28, "channels": 1, "classes": 10, "blocks": 16, "heads": 4,)"
                       R"( "groups": 8, "deep_width": 512, "embedding": 512, "width": )" +
                           width + R"(}, "arrays": [{"name": "noise1.weight", "type": "float16", "shape": )" + shape +
                           R"(}], "checksum": "crc32:)" + std::to_string(sum) + "\"}",
                       numbers);
}

std::string shipped_weights(const std::string& name) {
    std::ostringstream bytes;
    bytes << std::ifstream(source_dir() / "assets" / "weights" / name, std::ios::binary).rdbuf();
    return bytes.str();
}

struct Case {
    std::string name;
    std::string bytes;
    std::string says;
};

std::vector<Case> cases() {
    const std::string good = shipped_weights("fashion_diffusion.weights");
    std::string damaged = good;
    damaged[good.size() / 2] = static_cast<char>(damaged[good.size() / 2] ^ 1);
    const std::string zeros(512 * 512 * 2, '\0');
    return {
        {"empty", "", "not a weight file"},
        {"something else", "PK\x03\x04 and so on, and on", "not a weight file"},
        {"truncated in the header", good.substr(0, 300), "truncated"},
        {"truncated in the numbers", good.substr(0, good.size() - 1000), "cannot hold"},
        {"something behind the end", good + "x", "truncated or damaged"},
        {"one bit wrong", damaged, "checksum"},
        {"enormous header", weight_file("{}", "", uint64_t{1} << 62U), "announces a header"},
        {"header that is not JSON", weight_file("{\"format\": "), "header"},
        {"header that is a list", weight_file("[1, 2]"), "header"},
        {"deep nesting", weight_file(std::string(900'000, '[')), "header"},
        {"enormous array", unet("64", "[4000000000, 4000000000]", "xx"), "cannot hold"},
        {"negative array", unet("64", "[-4, 4]", "xx"), "cannot hold"},
        {"array of too many dimensions", unet("64", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "xx"), "cannot hold"},
        {"enormous network", unet("1000000", "[512, 512]", zeros), "architecture.width"},
        {"network of a negative size", unet("-8", "[512, 512]", zeros), "architecture.width"},
        {"network of a size that wraps", unet("18446744073709551615", "[512, 512]", zeros), "architecture.width"},
        {"network of a size that is a text", unet("\"64\"", "[512, 512]", zeros), "architecture.width"},
        {"network of half a size", unet("64.5", "[512, 512]", zeros), "architecture.width"},
        {"network larger than its file", unet("512", "[512, 512]", zeros), "no array"},
        {"array of another shape", unet("64", "[262144]", zeros), "another shape"},
        {"weights of a classifier", shipped_weights("fashion_classifier.weights"), "architecture.type"},
    };
}

TEST(MalformedWeights, AreRefusedWithOneLine) {
    const Workplace work;
    const std::string scenario = work.file("prior.json", R"({"format": "driftscope-scenario", "version": 1,
  "prior": {"type": "diffusion", "weights": "bad.weights"}, "condition": {"type": "none"},
  "schedule": {"type": "edm", "steps": 2}, "sampler": {"type": "reverse_diffusion"}, "particles": 2})");
    work.file("bad.weights", shipped_weights("fashion_diffusion.weights"));
    EXPECT_EQ(work.run({"run", scenario, "--out", work.path("good")}).status, 0);
    for (const Case& malformed : cases()) {
        work.file("bad.weights", malformed.bytes);
        const Outcome outcome = work.run({"run", scenario, "--out", work.path("out")});
        EXPECT_EQ(outcome.status, 2) << malformed.name << ": " << outcome.err;
        EXPECT_EQ(outcome.error_lines(), 1) << malformed.name << ": " << outcome.err;
        EXPECT_LT(outcome.err.size(), 1200U) << malformed.name;
        EXPECT_NE(outcome.err.find(malformed.says), std::string::npos) << malformed.name << ": " << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(work.path("out"))) << malformed.name;
    }
}

TEST(MalformedWeights, OfAClassifierAreRefusedWithOneLine) {
    const Workplace work;
    const std::string scenario = work.file("class.json", R"({"format": "driftscope-scenario", "version": 1,
  "prior": {"type": "diffusion"}, "condition": {"type": "class", "weights": "bad.weights"},
  "schedule": {"type": "edm", "steps": 2}, "sampler": {"type": "reverse_diffusion"}, "particles": 2})");
    const std::string good = shipped_weights("fashion_classifier.weights");
    for (const std::string& bytes : {good.substr(0, good.size() / 2), shipped_weights("fashion_diffusion.weights")}) {
        work.file("bad.weights", bytes);
        const Outcome outcome = work.run({"run", scenario, "--out", work.path("out")});
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
        EXPECT_NE(outcome.err.find("bad.weights"), std::string::npos) << outcome.err;
    }
}

}  // namespace
}  // namespace drift::test
