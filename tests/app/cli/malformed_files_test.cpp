// Arrays, pictures, data sets and trained files that are none, through the real program: exit 2 and exactly one line.
#include "program.h"

#include "core/io/npy.h"
#include "core/strict_json.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace drift::test {
namespace {

struct Case {
    std::string name;
    std::string bytes;
    std::string says;
};

void expect_refusal(const Outcome& outcome, const Case& malformed) {
    EXPECT_EQ(outcome.status, 2) << malformed.name << ": " << outcome.err;
    EXPECT_EQ(outcome.error_lines(), 1) << malformed.name << ": " << outcome.err;
    EXPECT_LT(outcome.err.size(), 1200U) << malformed.name;
    EXPECT_NE(outcome.err.find(malformed.says), std::string::npos) << malformed.name << ": " << outcome.err;
}

/// Runs a scenario that reads `file` once for each case, with these bytes in it.
void expect_refusals(const Workplace& work, const std::string& scenario, const std::string& file,
                     const std::vector<Case>& cases) {
    for (const Case& malformed : cases) {
        work.file(file, malformed.bytes);
        expect_refusal(work.run({"run", scenario, "--out", work.path("out")}), malformed);
        EXPECT_FALSE(std::filesystem::exists(work.path("out"))) << malformed.name;
    }
}

/// The length of the JSON header that follows the first sixteen bytes of such a file.
size_t header_length(const std::string& file) {
    size_t length = 0;
    for (size_t i = 0; i < 8; ++i) {
        length |= static_cast<size_t>(static_cast<unsigned char>(file.at(8 + i))) << (8 * i);
    }
    return length;
}

/// `good` with its last number replaced by one that is not finite, and the checksum that belongs to it.
std::string with_last_number(const std::string& good, double value) {
    const size_t length = header_length(good);
    Json header = parse_json(good.substr(16, length), "header");
    std::string numbers = good.substr(16 + length);
    const bool half = header.at("arrays").back().at("type") == "float16";
    if (half) {
        const uint16_t bits = std::isnan(value) ? 0x7e00 : 0x7c00;
        numbers.replace(numbers.size() - 2, 2, {reinterpret_cast<const char*>(&bits), 2});
    } else {
        const auto single = static_cast<float>(value);
        numbers.replace(numbers.size() - 4, 4, {reinterpret_cast<const char*>(&single), 4});
    }
    const uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(numbers.data()), numbers.size());
    header["checksum"] = "crc32:" + std::to_string(sum);
    const std::string text = header.dump();
    std::string bytes = good.substr(0, 8);
    for (int i = 0; i < 8; ++i) {
        bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
    }
    return bytes + text + numbers;
}

/// What a file of weights or a checkpoint can be in place of `good`.
std::vector<Case> damaged_arrays(const std::string& good) {
    std::string flipped = good;
    flipped[good.size() - 1] = static_cast<char>(flipped[good.size() - 1] ^ 1);
    return {
        {"empty", "", "not a weight file"},
        {"zeros", std::string(1000, '\0'), "not a weight file"},
        {"truncated", good.substr(0, good.size() / 2), ""},
        {"something behind the end", good + "x", "truncated or damaged"},
        {"one bit wrong", flipped, "checksum"},
        {"not a number", with_last_number(good, std::numeric_limits<double>::quiet_NaN()), "not finite"},
        {"infinite", with_last_number(good, std::numeric_limits<double>::infinity()), "not finite"},
    };
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

std::string picture_scenario(const std::string& file) {
    return R"({"format": "driftscope-scenario", "version": 1, "prior": {"type": "diffusion"},
  "condition": {"type": "inpainting", "image": {"file": ")" +
           file + R"("}}, "schedule": {"type": "edm", "steps": 1}, "sampler": {"type": "dps"}, "particles": 1})";
}

std::string array_of(const std::vector<int64_t>& shape, std::vector<float> values) {
    return npy_bytes(shape, std::span<const float>(values));
}

TEST(MalformedArray, IsRefusedWithOneLine) {
    const Workplace work;
    const std::vector<float> grey(size_t{28} * 28, 0.0F);
    const std::string good = array_of({28, 28}, grey);
    const std::string scenario = work.file("picture.json", picture_scenario("bad.npy"));
    work.file("bad.npy", good);
    EXPECT_EQ(work.run({"run", scenario, "--out", work.path("good")}).status, 0);
    std::vector<float> hole = grey;
    hole[5] = std::numeric_limits<float>::quiet_NaN();
    std::string columns = good;
    columns.replace(columns.find("False"), 5, "True ");
    std::string enormous = good;
    enormous.replace(enormous.find("28, 28"), 6, "9999999");
    expect_refusals(work, scenario, "bad.npy",
                    {{"empty", "", "bad.npy"},
                     {"something else", "\x89PNG\r\n\x1a\n and so on", "bad.npy"},
                     {"truncated in the header", good.substr(0, 40), "bad.npy"},
                     {"truncated in the numbers", good.substr(0, good.size() - 1), "bad.npy"},
                     {"column by column", columns, "column by column"},
                     {"enormous", enormous, "announces"},
                     {"another size", array_of({27, 28}, std::vector<float>(size_t{27} * 28, 0.0F)), "28x27"},
                     {"not a number", array_of({28, 28}, hole), "outside [-1, 1]"}});
}

TEST(MalformedPng, IsRefusedWithOneLine) {
    const Workplace work;
    const std::string scenario = work.file("picture.json", picture_scenario("bad.png"));
    const std::string head("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\0\0\0\0", 29);
    expect_refusals(work, scenario, "bad.png",
                    {{"empty", "", "bad.png"},
                     {"text", "no picture at all", "not a readable PNG"},
                     {"signature alone", "\x89PNG\r\n\x1a\n", "not a readable PNG"},
                     {"enormous", head, "PNG"},
                     {"truncated", bytes_of(source_dir() / "assets/screenshots/training.png").substr(0, 5000), ""}});
}

TEST(MalformedDataSet, IsRefusedWithOneLine) {
    const Workplace work;
    const auto packed = [&work](const std::string& bytes) {
        const std::string path = work.path("packed.gz");
        gzFile file = gzopen(path.c_str(), "wb");
        gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
        return bytes_of(path);
    };
    const std::string one("\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x02\x01\x02\x03\x04", 20);
    const std::string label("\0\0\x08\x01\0\0\0\x01\x0b", 9);
    std::string enormous = one;
    enormous.replace(4, 4, "\xff\xff\xff\xff");
    std::filesystem::create_directories(work.path("data"));
    work.file("data/train-labels-idx1-ubyte.gz", packed(label));
    for (const Case& malformed : std::vector<Case>{{"empty", "", "ends too early"},
                                                   {"text", "no data at all", "is not an idx file"},
                                                   {"truncated", packed(one.substr(0, 18)), "ends too early"},
                                                   {"damaged", packed(one).substr(0, 15), "ends too early"},
                                                   {"enormous", packed(enormous), "more than the file can hold"},
                                                   {"too long", packed(one + "x"), "longer than it announces"},
                                                   {"label above 9", packed(one), "label above 9"}}) {
        work.file("data/train-images-idx3-ubyte.gz", malformed.bytes);
        expect_refusal(work.run({"fit", "fashion-diffusion", "--data", work.path("data"), "--iterations", "1", "--out",
                                 work.path("net.weights")}),
                       malformed);
        EXPECT_FALSE(std::filesystem::exists(work.path("net.weights"))) << malformed.name;
    }
}

TEST(MalformedTorchScript, IsRefusedWithOneLine) {
    const Workplace work;
    for (const char* prior : {R"("type": "torchscript", "file": "bad.pt", "shape": [2])",
                              R"("type": "torchscript", "role": "decoder", "file": "bad.pt", "shape": [2])"}) {
        const std::string scenario = work.file(
            "script.json", std::string(R"({"format": "driftscope-scenario", "version": 1, "prior": {)") + prior +
                               R"(}, "condition": {"type": "none"}, "schedule": {"type": "edm", "steps": 1},
  "sampler": {"type": "reverse_diffusion"}, "particles": 1})");
        expect_refusals(work, scenario, "bad.pt",
                        {{"empty", "", "not a TorchScript file"},
                         {"text", "no network at all", "not a TorchScript file"},
                         {"archive of nothing", std::string("PK\x05\x06") + std::string(18, '\0'), "not a TorchScript"},
                         {"truncated archive", "PK\x03\x04\x14 and so on", "not a TorchScript file"}});
    }
}

TEST(MalformedCheckpoint, OfAFitIsRefusedWithOneLine) {
    const Workplace work;
    const std::vector<std::string> arguments{"fit", "two-moons-cnf", "--iterations",
                                             "2",   "--out",         work.path("net.weights")};
    const Outcome first = work.run(arguments);
    ASSERT_EQ(first.status, 0) << first.err;
    const std::string good = work.read("net.weights.checkpoint");
    ASSERT_FALSE(good.empty());
    for (const Case& malformed : damaged_arrays(good)) {
        work.file("net.weights.checkpoint", malformed.bytes);
        expect_refusal(work.run(arguments), malformed);
        EXPECT_TRUE(work.read("net.weights.checkpoint") == malformed.bytes) << malformed.name << ": left as it was";
    }
}

TEST(MalformedWeights, OfAGeneratorAreRefusedWithOneLine) {
    const Workplace work;
    const std::string scenario = work.file("cnf.json", R"({"format": "driftscope-scenario", "version": 1,
  "prior": {"type": "cnf", "weights": "bad.weights"}, "condition": {"type": "none"},
  "schedule": {"type": "edm", "steps": 1}, "sampler": {"type": "dps", "space": "noise"}, "particles": 2})");
    const std::string good = bytes_of(source_dir() / "assets/weights/two_moons_cnf.weights");
    work.file("bad.weights", good);
    const Outcome healthy = work.run({"run", scenario, "--out", work.path("good")});
    EXPECT_EQ(healthy.status, 0) << healthy.err;
    std::vector<Case> cases = damaged_arrays(good);
    cases.push_back(
        {"of pictures", bytes_of(source_dir() / "assets/weights/fashion_diffusion.weights"), "bad.weights"});
    expect_refusals(work, scenario, "bad.weights", cases);
}

TEST(MalformedWeights, OfATrainedSamplerAreRefusedWithOneLine) {
    const Workplace work;
    const auto run = [&work](const std::string& out, const std::string& weights) {
        return work.run({"run", shipped("trained_linear_map"), "--out", work.path(out), "--particles", "4", "--set",
                         "sampler.iterations=2", "--set", "sampler.batch=16", "--set", "sampler.steps=4", "--set",
                         "sampler.weights=" + weights});
    };
    const Outcome trained = run("trained", "");
    ASSERT_EQ(trained.status, 0) << trained.err;
    const std::string good = work.read("trained/trained.weights");
    std::vector<Case> cases = damaged_arrays(good);
    cases.push_back({"of a generator", bytes_of(source_dir() / "assets/weights/two_moons_cnf.weights"), "format"});
    for (const Case& malformed : cases) {
        expect_refusal(run("out", work.file("bad.weights", malformed.bytes)), malformed);
        EXPECT_FALSE(std::filesystem::exists(work.path("out"))) << malformed.name;
    }
    EXPECT_EQ(run("again", work.file("bad.weights", good)).status, 0);
}

}  // namespace
}  // namespace drift::test
