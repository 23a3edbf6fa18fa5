#include "app/params_text.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

TEST(ParamsText, ArraysKeepTheirShapeAndTheirLastDigit) {
    for (const Array& array : {Array{{}, {0.1}}, Array{{3}, {1, -2.5, 1e-300}}, Array{{2, 2}, {1, 0, 0, 1.0 / 3}},
                               Array{{1, 2, 2}, {1, 2, 3, 4}}}) {
        EXPECT_EQ(array_from_text(array_text(array), "matrix"), array) << array_text(array);
    }
    EXPECT_EQ(array_text({{2, 2}, {1, 0, 0, 1}}), "[[1, 0], [0, 1]]");
}

TEST(ParamsText, AnythingElseIsRefusedByName) {
    for (const char* text : {"", "[", "[1, [2]]", "[[1, 2], [3]]", "[]", "[1, true]", "one", "[1, 2", "[[1], 2]"}) {
        EXPECT_THROW(array_from_text(text, "matrix"), UserError) << text;
    }
    try {
        array_from_text("[1, [2]]", "matrix");
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("matrix"), std::string::npos);
    }
}

}  // namespace
}  // namespace drift
