#!/bin/sh
# Installs the Debian packages that the build or the tests need and that are
# missing; says the one command and stops where it may not install, and their
# names where there is no apt-get.
#
# usage: setup.sh build|check|long|fuzz|lint|chroot|arm64|abi|bindings|
#     browser|cluster|packages|deb|platforms|serve|
#     terminal ...
# CROSS_COMPILE=TRIPLET- set: the compiler for that machine, and its libraries.
set -eu

foreign=
case ${CROSS_COMPILE:-} in
'') ;;
aarch64-*) foreign=arm64 ;;
x86_64-*) foreign=amd64 ;;
*) foreign=${CROSS_COMPILE%%-*} ;;
esac

# A package of another architecture is none of this one's.
architecture=$foreign
[ -n "$foreign" ] || architecture=$(dpkg --print-architecture 2>/dev/null) ||
    architecture='[a-z0-9]+'

compilers() {
    [ -n "$foreign" ] && echo "crossbuild-essential-$foreign pkg-config" ||
        echo gcc g++ libc6-dev binutils pkg-config
}

libraries() {
    for name in "$@"; do
        echo "$name${foreign:+:$foreign}"
    done
}

wanted_for() {
    case $1 in
    build) compilers && libraries libblis-serial-dev libfaiss-dev \
        zlib1g-dev libutf8proc-dev libstemmer-dev libcsv-dev \
        libjansson-dev libsqlite3-dev libmicrohttpd-dev \
        libedit-dev ;;
    check)
        libraries libcmocka-dev
        # The copies of the cross compiler are none that a program finds.
        [ -z "$foreign" ] || libraries libgomp1 libstdc++6
        ;;
    long) echo valgrind ;;
    fuzz) echo clang libclang-rt-dev python3 python3-venv ;;
    chroot | arm64) echo debootstrap ;;
    abi) echo abigail-tools ;;
    deb) echo build-essential debhelper dh-python fakeroot python3-all ;;
    packages) wanted_for deb && echo cmake debootstrap git lintian \
        python3-venv ;;
    lint) echo clang-tidy cppcheck devscripts shellcheck mandoc python3 \
        python3-venv ;;
    bindings) echo python3 python3-venv golang-go cargo rustc rust-clippy \
        rustfmt bindgen ;;
    browser) echo chromium chromium-driver fonts-inter python3 \
        python3-venv ;;
    cluster) echo openmpi-bin libopenmpi-dev default-jre-headless python3 \
        python3-venv ;;
    serve) echo wrk ;;
    terminal) echo zsh ;;
    platforms | mutants) echo python3 python3-venv ;;
    esac
}

has_header() {
    printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" |
        "${CXX:-g++}" -E -x c++ - >/dev/null 2>&1
}

has_archive() {
    case $("${CC:-gcc}" -print-file-name="$1") in */*) ;; *) return 1 ;; esac
}

# Where no dpkg knows: by what the package is wanted for.
is_found() {
    case $1 in
    libc6-dev) has_header stdio.h ;;
    libblis-*) find /usr/lib/*/blis-* "${BLIS:-/usr/lib}" -maxdepth 1 \
        -name libblis.a 2>/dev/null | grep -q . ;;
    libfaiss-dev) has_header faiss/IndexIVFFlat.h ;;
    zlib1g-dev) has_header zlib.h ;;
    libutf8proc-dev) has_header utf8proc.h && has_archive libutf8proc.a ;;
    libstemmer-dev) has_header libstemmer.h && has_archive libstemmer.a ;;
    libcsv-dev) has_header csv.h ;;
    libjansson-dev) has_header jansson.h ;;
    libcmocka-dev) has_header cmocka.h ;;
    libsqlite3-dev) has_header sqlite3.h ;;
    libmicrohttpd-dev) has_header microhttpd.h ;;
    libedit-dev) has_header histedit.h ;;
    *) return 1 ;;
    esac
}

is_installed() {
    if command -v dpkg-query >/dev/null; then
        dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$1" \
            2>/dev/null | grep -qxE "($architecture|all) installed"
    else
        is_found "$1"
    fi
}

# A program of Debian's own, or, where there is no dpkg, any.
is_there() {
    if command -v dpkg-query >/dev/null; then
        [ -x "/usr/bin/$1" ]
    else
        command -v "$1" >/dev/null
    fi
}

# Another package, or a build from source, may stand for the one we name.
is_present() {
    case $1 in
    gcc) command -v "${CC:-gcc}" >/dev/null ;;
    g++) command -v "${CXX:-g++}" >/dev/null ;;
    binutils) command -v ld >/dev/null && command -v objcopy >/dev/null ;;
    # The engine, which may be of a package that names its release.
    libclang-rt-dev) [ -n "$(find "$(clang -print-runtime-dir 2>/dev/null)" \
        /usr/lib/clang/*/lib/linux -name 'libclang_rt.fuzzer*' 2>/dev/null)" ] ;;
    clang | pkg-config | valgrind | debootstrap | cmake | git | lintian | clang-tidy | cppcheck | \
        shellcheck | mandoc | python3) command -v "$1" >/dev/null ;;
    abigail-tools) command -v abidw >/dev/null && command -v abidiff >/dev/null ;;
    golang-go) is_there go ;; # Debian's, beside newer ones in PATH
    rust-clippy) is_there cargo-clippy ;;
    cargo | rustc | rustfmt | bindgen) is_there "$1" ;;
    openmpi-bin) command -v mpirun >/dev/null ;;
    default-jre-headless) command -v java >/dev/null ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    libblis-serial-dev*) is_installed "$1" ||
        is_installed "libblis-pthread-dev${1#libblis-serial-dev}" ||
        is_installed "libblis-openmp-dev${1#libblis-serial-dev}" ;;
    crossbuild-essential-*) command -v "${CC:-${CROSS_COMPILE}gcc}" \
        >/dev/null && command -v "${CXX:-${CROSS_COMPILE}g++}" >/dev/null ;;
    *) is_installed "$1" ;;
    esac
}

missing=
for part in "$@"; do
    [ -n "$(wanted_for "$part")" ] || {
        echo "setup.sh: unknown part: $part" >&2
        exit 2
    }
    for package in $(wanted_for "$part"); do
        is_present "$package" || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "siamese: packages are missing, and there is no apt-get here to" \
        "install them; Debian's names of them are" >&2
    echo "   $missing" >&2
    exit 1
fi

add_foreign=
[ -z "$foreign" ] || {
    dpkg --print-architecture && dpkg --print-foreign-architectures
} | grep -qx "$foreign" || add_foreign="dpkg --add-architecture $foreign"

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root='sudo -n'
    if ! sudo -n true 2>/dev/null; then
        echo "siamese: packages are missing; install them with" >&2
        [ -z "$add_foreign" ] ||
            echo "    sudo $add_foreign && sudo apt-get update" >&2
        echo "    sudo apt-get install --no-install-recommends -y$missing" >&2
        exit 1
    fi
fi

echo "siamese: installing$missing" >&2
apt_get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}
[ -z "$add_foreign" ] || $as_root $add_foreign
# The lists of a fresh machine are empty, those of an old one out of date.
apt_get install --no-install-recommends $missing || {
    apt_get update && apt_get install --no-install-recommends $missing
}
