# Sourced by ./dev: Debian packages that a machine lacks. Silent and quick where nothing is missing.

# One line a package, `package` or `package:command`; with a command, any version of it on the path will do.
packages_for() {
    case "$1" in
    build)
        echo g++:g++ cmake:cmake ninja-build:ninja ccache:ccache lld:ld.lld git:git python3:python3 python3-pip \
            nlohmann-json3-dev libcli11-dev libspdlog-dev libpng-dev zlib1g-dev libglfw3-dev libgl-dev libgl1-mesa-dri \
            libgtest-dev dataset-fashion-mnist ca-certificates
        ;;
    test) echo xvfb:xvfb-run xauth:xauth ;;
    check) echo clang-14:clang++-14 clang-format-14:clang-format-14 clang-tidy-14:clang-tidy-14 ;;
    esac
}

missing_packages() {
    local entry package
    for group in "$@"; do
        for entry in $(packages_for "$group"); do
            package=${entry%%:*}
            if [ "$entry" != "$package" ]; then
                command -v "${entry#*:}" >/dev/null || echo "$package"
            elif [ "$package" = python3-pip ]; then
                python3 -m pip --version >/dev/null 2>&1 || echo "$package"
            else
                echo "$package"
            fi
        done
    done
}

# Of the packages on the standard input, those that dpkg does not have.
without_installed() {
    local asked
    asked=$(sort -u)
    [ -n "$asked" ] || return 0
    comm -23 <(echo "$asked") <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $asked 2>/dev/null |
        sed -n 's/^installed //p' | sort -u)
}

install_packages() {
    command -v dpkg-query >/dev/null || return 0  # not a Debian: CMake names what it does not find
    local missing as_root=()
    missing=$(missing_packages "$@" | without_installed | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    echo "Installing Debian packages: $missing" >&2
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "That needs root and there is no sudo; as root, run: apt-get install $missing" >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
    if ! "${apt[@]}" install -y --no-install-recommends $missing >build/packages.log 2>&1; then
        # Most often there is no list of packages yet, or an old one.
        "${apt[@]}" update >>build/packages.log 2>&1 || true
        if ! "${apt[@]}" install -y --no-install-recommends $missing >>build/packages.log 2>&1; then
            tail -n 5 build/packages.log >&2
            echo "Could not install: $missing" >&2
            echo "Check the network connection and /etc/apt/sources.list (apt's own words: build/packages.log)," \
                "then run the same command again." >&2
            exit 1
        fi
    fi
}
