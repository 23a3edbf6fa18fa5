// What each resampling scheme makes of given weights: one draw, and how much the counts vary from draw to draw. Plain
// numbers, no LibTorch: the window compares the schemes with it. specs/guidance.md 2.3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

/// Names of formats.md, from the scheme that varies most to the one that varies least.
const std::vector<std::string>& studied_schemes();

/// Whether a scheme can give `children` to `parents`: killing keeps places, and wants as many of both.
bool fits(const std::string& scheme, int64_t parents, int64_t children);

/// How many of `children` each parent gets in the draw of this seed and step, the one that a run with them makes.
/// `weights` need not be normalised; those that are not positive count as 0, but one has to be.
std::vector<int32_t> drawn_counts(const std::string& scheme, const std::vector<float>& weights, int64_t children,
                                  uint64_t seed, int64_t step);

/// The sum over the parents of Var[N_i], in closed form.
double variance_of_counts(const std::string& scheme, const std::vector<float>& weights, int64_t children);

}  // namespace drift
