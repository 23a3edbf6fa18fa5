// Bytes of pictures: many small ones side by side in one texture, and single ones with unknown pixels hatched.
#pragma once

#include <cstdint>
#include <vector>

namespace drift {

/// Channels, height and width of a sample; one channel is grey, three are red, green and blue.
struct PictureShape {
    int64_t channels = 1, height = 0, width = 0;

    int64_t pixels() const { return height * width; }
    int64_t values() const { return channels * pixels(); }
};

/// Pictures in rows of `columns`, one byte a pixel for grey and four (the last one 255) for colour.
struct Atlas {
    int64_t columns = 1;
    int64_t width = 0, height = 0;
    int channels = 1;
    std::vector<unsigned char> bytes;

    struct Place {
        float u0 = 0, v0 = 0, u1 = 1, v1 = 1;
    };
    /// Texture coordinates of a picture, upper left and lower right.
    Place place(int64_t index, const PictureShape& shape) const;
};

/// The first `count` pictures; -1 is black and 1 white after multiplying by `scale`. A value that is not finite is
/// black.
Atlas make_atlas(const std::vector<float>& values, int64_t count, const PictureShape& shape, double scale);

/// A single picture, every pixel `zoom` x `zoom` of the result, red, green, blue, alpha. NaN, unknown, becomes diagonal
/// stripes of two colours that no grey has.
std::vector<unsigned char> hatched_picture(const std::vector<float>& values, const PictureShape& shape, int zoom);

/// Mean and standard deviation of every value over the particles, with weights where they are not empty. Particles that
/// are not finite are left out.
struct PictureMoments {
    std::vector<float> mean, sd;
};
PictureMoments moments_of(const std::vector<float>& values, const std::vector<float>& weights,
                          const PictureShape& shape);

/// A picture of deviations: the average over channels on the viridis scale from 0 to `most`.
std::vector<unsigned char> deviation_picture(const std::vector<float>& sd, const PictureShape& shape, double most);

}  // namespace drift
