#!/bin/sh
# Installs the Debian packages that the build or the tests need and that are
# missing; says the one command and stops where it may not install.
#
# usage: setup.sh build|check ...
set -eu

wanted_for() {
    case $1 in
    build) echo gcc g++ libc6-dev binutils pkg-config libblis-serial-dev \
        libfaiss-dev zlib1g-dev libutf8proc-dev libstemmer-dev libcsv-dev \
        libjansson-dev ;;
    check) echo libcmocka-dev libsqlite3-dev ;;
    *) echo "setup.sh: unknown part: $1" >&2 && exit 2 ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Another package, or a build from source, may stand for the one we name.
is_present() {
    case $1 in
    gcc) command -v "${CC:-gcc}" >/dev/null ;;
    g++) command -v "${CXX:-g++}" >/dev/null ;;
    binutils) command -v ld >/dev/null && command -v objcopy >/dev/null ;;
    pkg-config) command -v pkg-config >/dev/null ;;
    libblis-serial-dev) is_installed "$1" ||
        is_installed libblis-pthread-dev || is_installed libblis-openmp-dev ;;
    *) is_installed "$1" ;;
    esac
}

missing=
for part in "$@"; do
    for package in $(wanted_for "$part"); do
        is_present "$package" || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root='sudo -n'
    if ! sudo -n true 2>/dev/null; then
        echo "siamese: packages are missing; install them with" >&2
        echo "    sudo apt-get install --no-install-recommends -y$missing" >&2
        exit 1
    fi
fi

echo "siamese: installing$missing" >&2
apt_get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}
# The lists of a fresh machine are empty, those of an old one out of date.
apt_get install --no-install-recommends $missing || {
    apt_get update && apt_get install --no-install-recommends $missing
}
