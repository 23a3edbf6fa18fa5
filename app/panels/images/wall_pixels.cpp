#include "app/panels/images/wall_pixels.h"

#include "app/theme.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

unsigned char to_byte(float value) {
    const float level = 127.5F * (value + 1);
    return std::isfinite(value) ? static_cast<unsigned char>(std::clamp(level + 0.5F, 0.0F, 255.0F)) : 0;
}

size_t at(int64_t index) {
    return static_cast<size_t>(index);
}

}  // namespace

Atlas::Place Atlas::place(int64_t index, const PictureShape& shape) const {
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    const auto x = static_cast<float>(index % columns * shape.width);
    const auto y = static_cast<float>(index / columns * shape.height);
    return {x / w, y / h, (x + static_cast<float>(shape.width)) / w, (y + static_cast<float>(shape.height)) / h};
}

Atlas make_atlas(const std::vector<float>& values, int64_t count, const PictureShape& shape, double scale) {
    Atlas atlas;
    atlas.columns = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count)))));
    atlas.width = atlas.columns * shape.width;
    atlas.height = std::max<int64_t>(1, (count + atlas.columns - 1) / atlas.columns) * shape.height;
    atlas.channels = shape.channels == 3 ? 4 : 1;
    atlas.bytes.assign(at(atlas.width * atlas.height * atlas.channels), 0);
    const auto factor = static_cast<float>(scale);
    for (int64_t i = 0; i < count; ++i) {
        const float* picture = values.data() + i * shape.values();
        const int64_t left = i % atlas.columns * shape.width;
        const int64_t top = i / atlas.columns * shape.height;
        for (int64_t row = 0; row < shape.height; ++row) {
            unsigned char* out = atlas.bytes.data() + ((top + row) * atlas.width + left) * atlas.channels;
            for (int64_t column = 0; column < shape.width; ++column) {
                const float* pixel = picture + row * shape.width + column;
                if (atlas.channels == 1) {
                    *out++ = to_byte(factor * *pixel);
                    continue;
                }
                for (int64_t channel = 0; channel < 3; ++channel) {
                    *out++ = to_byte(factor * pixel[channel * shape.pixels()]);
                }
                *out++ = 255;
            }
        }
    }
    return atlas;
}

std::vector<unsigned char> hatched_picture(const std::vector<float>& values, const PictureShape& shape, int zoom) {
    const int64_t width = shape.width * zoom;
    const int64_t height = shape.height * zoom;
    std::vector<unsigned char> bytes;
    bytes.reserve(at(4 * width * height));
    for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < width; ++x) {
            const int64_t pixel = y / zoom * shape.width + x / zoom;
            if (std::isnan(values[at(pixel)])) {
                const bool stripe = (x + y) / 4 % 4 == 0;
                const unsigned char dark[4] = {38, 58, 84, 255};
                const unsigned char bright[4] = {86, 128, 172, 255};
                bytes.insert(bytes.end(), stripe ? bright : dark, (stripe ? bright : dark) + 4);
                continue;
            }
            for (int64_t channel = 0; channel < 3; ++channel) {
                const int64_t from = shape.channels == 3 ? channel : 0;
                bytes.push_back(to_byte(values[at(from * shape.pixels() + pixel)]));
            }
            bytes.push_back(255);
        }
    }
    return bytes;
}

PictureMoments moments_of(const std::vector<float>& values, const std::vector<float>& weights,
                          const PictureShape& shape) {
    const auto d = at(shape.values());
    const size_t n = values.size() / d;
    std::vector<double> sum(d, 0);
    std::vector<double> squares(d, 0);
    double total = 0;
    for (size_t i = 0; i < n; ++i) {
        const float* picture = values.data() + i * d;
        const double weight = weights.empty() ? 1 : static_cast<double>(weights[i]);
        if (weight == 0 || !std::all_of(picture, picture + d, [](float value) { return std::isfinite(value); })) {
            continue;
        }
        total += weight;
        for (size_t j = 0; j < d; ++j) {
            const auto value = static_cast<double>(picture[j]);
            sum[j] += weight * value;
            squares[j] += weight * value * value;
        }
    }
    PictureMoments moments{std::vector<float>(d, 0), std::vector<float>(d, 0)};
    for (size_t j = 0; j < d && total > 0; ++j) {
        const double mean = sum[j] / total;
        moments.mean[j] = static_cast<float>(mean);
        moments.sd[j] = static_cast<float>(std::sqrt(std::max(0.0, squares[j] / total - mean * mean)));
    }
    return moments;
}

std::vector<unsigned char> deviation_picture(const std::vector<float>& sd, const PictureShape& shape, double most) {
    std::vector<unsigned char> bytes;
    bytes.reserve(at(4 * shape.pixels()));
    for (int64_t pixel = 0; pixel < shape.pixels(); ++pixel) {
        double mean = 0;
        for (int64_t channel = 0; channel < shape.channels; ++channel) {
            mean += static_cast<double>(sd[at(channel * shape.pixels() + pixel)]) / static_cast<double>(shape.channels);
        }
        const ImVec4 colour = viridis(most > 0 ? mean / most : 0);
        for (const float part : {colour.x, colour.y, colour.z, 1.0F}) {
            bytes.push_back(static_cast<unsigned char>(255 * part));
        }
    }
    return bytes;
}

}  // namespace drift
