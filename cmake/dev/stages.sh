# Sourced by ./dev: building, testing and checking.

# As many compilers as there are cores, if each finds the 1.5 GB that a file with LibTorch may take.
jobs() {
    awk -v cores="$(nproc)" '/^MemAvailable/ { n = int($2 / 1500000); print n < 1 ? 1 : n < cores ? n : cores }' /proc/meminfo
}

# build PRESET [further arguments of cmake --build]
build() {
    local preset=$1 folder=build/$1
    shift
    if [ ! -e "$folder/build.ninja" ] || [ CMakePresets.json -nt "$folder/build.ninja" ]; then
        cmake --preset "$preset" --log-level=NOTICE >&2 || return  # stages are called where set -e does not count
    fi
    nice -n 5 cmake --build "$folder" --parallel "$(jobs)" "$@"
}

# On a screen of our own in software GL, whatever the machine has, so that pictures are the same everywhere.
run_tests() {
    local preset=$1
    shift
    LIBGL_ALWAYS_SOFTWARE=1 xvfb-run -a -s "-screen 0 1280x800x24" ctest --preset "$preset" --parallel "$(nproc)" "$@"
}

require_display() {
    if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        echo "No display here: use './dev run run FILE --out DIR' (driftscope run) or './dev run shot FILE --out PNG'" \
            "(driftscope shot) instead." >&2
        exit 1
    fi
}

# stage NAME COMMAND...: runs it, says what it took, stops everything if it fails.
stage() {
    local name=$1 start=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    "$@" || {
        echo "== $name: FAILED after $((SECONDS - start)) s" >&2
        exit 1
    }
    stages+=("$(printf '%6d s  %s' $((SECONDS - start)) "$name")")
}

test_everything() {
    stages=()
    rm -f build/ctest-summary.txt
    stage "everyday build" build dev
    stage "tests" run_tests dev --output-log build/ctest.log
    sanitizer_stages
    if command -v nvcc >/dev/null; then
        stage "CUDA kernels compiled, program linked (not run)" build cuda --target driftscope
    else
        stages+=("  SKIPPED  CUDA kernels: there is no nvcc on this machine")
    fi
    report_stages
    grep -E 'tests passed|Total Test time' build/ctest.log | tee build/ctest-summary.txt
}

sanitizer_stages() {
    stage "core under address and undefined-behaviour sanitizers, build" build asan
    stage "core under address and undefined-behaviour sanitizers, tests" ctest --preset asan --parallel "$(nproc)"
    stage "runner under thread sanitizer, build" build tsan
    stage "runner under thread sanitizer, tests" ctest --preset tsan --parallel "$(nproc)"
}

test_under_sanitizers() {
    stages=()
    sanitizer_stages
    report_stages
}

report_stages() {
    printf '\n== What each stage took\n'
    printf '%s\n' "${stages[@]}"
}

clang_tool() {  # the version that .clang-format and .clang-tidy were written for, where there is one
    command -v "$1-14" || command -v "$1"
}

check_format() {
    git ls-files -co --exclude-standard '*.h' '*.cpp' '*.cu' |
        xargs -r "$(clang_tool clang-format)" --dry-run --Werror
}

# Sources that differ from where this branch left main; on main itself, from the commit before.
changed_sources() {
    local base=""
    for main in origin/main main; do
        base=$(git merge-base HEAD "$main" 2>/dev/null) && break
    done
    if [ -z "$base" ] || { [ "$base" = "$(git rev-parse HEAD)" ] && git diff --quiet HEAD; }; then
        base=$(git rev-parse -q --verify HEAD~1) || base=HEAD
    fi
    { git diff --name-only --diff-filter=d "$base"; git ls-files -o --exclude-standard; } |
        grep -E '^(core|app|tests)/.*\.cpp$' | sort -u || true
}

# Of the sources on the standard input, those that include LibTorch, by themselves or through our headers.
with_libtorch() {
    local pattern='#include [<"](torch|ATen|c10)/' found="" before
    while
        before=$found
        found=$(git ls-files -co --exclude-standard '*.h' | xargs -r grep -lE "$pattern" | sort)
        [ "$found" != "$before" ]
    do
        pattern="#include [<\"](torch/|ATen/|c10/|($(echo $found | sed 's/^tests\///; s/ tests\// /g; s/ /|/g'))\")"
    done
    xargs -r grep -lE "$pattern" || true
}

check_tidy() {
    local changed slow plain
    changed=$(changed_sources)
    slow=$(echo "$changed" | with_libtorch)
    plain=$(comm -23 <(echo "$changed") <(echo "$slow"))
    if [ "$(echo "$slow" | wc -w)" -gt 5 ]; then
        echo "clang-tidy reads five of the $(echo "$slow" | wc -w) changed files with LibTorch (half a minute each)"
        slow=$(echo "$slow" | head -n 5)
    fi
    [ -n "$plain$slow" ] || return 0
    cmake --preset tidy --log-level=NOTICE >/dev/null
    printf '%s\n' $slow $plain | nice -n 5 xargs -P "$(jobs)" -n 1 "$(clang_tool clang-tidy)" -p build/tidy --quiet \
        --warnings-as-errors='*' 2>&1 | { grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' || true; }
}

check_everything() {
    stages=()
    stage "formatting" check_format
    stage "layering" cmake -P tests/layering.cmake
    stage "clang-tidy on what changed" check_tidy
    printf '\n== What each check took\n'
    printf '%s\n' "${stages[@]}"
}
