#!/bin/sh
# Cross-builds for arm64 in a chroot of Debian 12 and runs the tests there by
# qemu-user: unit, API and golden tests by the list beside this file, and with
# "all" those that the list leaves out and the command's. The portable level's
# bits are compared with this machine's. Needs root and debootstrap; the chroot
# stays in build/arm64-root for the next run. Ends with "N passed, M failed".
#
# usage: [MIRROR=URL] run.sh [list | all | bench | shell COMMAND...]
set -eu
which=${1:-list}
root=$PWD/build/arm64-root
export CROSS_COMPILE=aarch64-linux-gnu-

note() { echo "arm64: $*" >&2; }

[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || {
    note 'needs root and the package debootstrap'
    exit 2
}

leave_root() {
    for place in dev/shm proc; do
        ! mountpoint -q "$root/$place" || umount "$root/$place" || true
    done
}
trap leave_root EXIT
trap 'exit 130' INT TERM

# The mirror of Debian that this machine's apt has.
find_mirror() {
    apt-get indextargets --format '$(LABEL)|$(REPO_URI)' \
        'Created-By: Packages' | sed -n '/^Debian|/{s/^Debian|//p;q;}'
}

inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 CI=true DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

# Bookworm's own qemu (7.2) ends with a failed assertion where a forked child
# starts threads, which the pool's tests do: that of its backports does not, but
# takes no plugins. So the one counts instructions, the other, in /opt/qemu, runs
# the tests.
add_packages() {
    echo "deb $mirror bookworm-backports main" \
        >"$root/etc/apt/sources.list.d/backports.list"
    inside apt-get -q update &&
        inside apt-get -q -y --no-install-recommends install qemu-user &&
        inside sh -c 'mkdir -p /opt/qemu && cd /opt/qemu && umask 022 &&
            apt-get -q download qemu-user/bookworm-backports &&
            dpkg -x qemu-user_*.deb . && rm qemu-user_*.deb'
}

# Those of the tree as it is now, which may have come after the chroot.
set_up() {
    inside sh -c 'cd /siamese && sh tools/setup.sh build &&
        CROSS_COMPILE=aarch64-linux-gnu- sh tools/setup.sh build check'
}

make_root() {
    mirror=${MIRROR:-$(find_mirror)}
    [ -n "$mirror" ] || {
        note "apt of this machine knows no mirror of Debian; MIRROR= names one"
        return 1
    }
    note "debootstrap bookworm from $mirror"
    rm -rf --one-file-system "$root" && mkdir -p "$root" &&
        debootstrap --variant=minbase --include=make,ca-certificates \
            bookworm "$root" "$mirror" || return 1
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    apt-config dump | grep -i '^Acquire::.*proxy' \
        >"$root/etc/apt/apt.conf.d/90proxy" || true
    mkdir -p "$root/dev/shm" && enter_root && add_packages && touch "$root/ready"
}

# The tree as it stands, with the times of its files, so that what a run has
# built is there for the next one.
enter_root() {
    mkdir -p "$root/siamese" && mountpoint -q "$root/proc" ||
        mount -t proc proc "$root/proc" || return 1
    mountpoint -q "$root/dev/shm" ||
        mount -t tmpfs tmpfs "$root/dev/shm" || return 1
    find "$root/siamese" -mindepth 1 -maxdepth 1 ! -name build \
        -exec rm -rf {} + &&
        find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git \
            -exec cp -pR {} "$root/siamese" \;
}

make_inside() {
    inside nice -n 10 make --no-print-directory -C /siamese \
        -j"$(nproc)" WERROR=1 "$@"
}

# The suite's lines that are to run; a word for each that is not.
choose() {
    awk -v which="$which" '
        NR == FNR {
            if ($0 !~ /^#/ && NF) {
                name = $1; sub(/^[^ ]+ +/, ""); why[name] = $0
            }
            next
        }
        { sub(/^ *arm64:/, ""); name = $0; sub(/=.*/, "", name) }
        which == "all" { print; next }
        name in why {
            print "skip " name ": " why[name] >"/dev/stderr"
            next
        }
        name ~ /^cli\// { commands++; next }
        NF
        END {
            if (commands)
                print "skip " commands " of the command (cli/*): " \
                    "make check-arm64-all runs them" >"/dev/stderr"
        }' tests/arm64/slow.txt "$root/siamese/build/suites/arm64.txt"
}

leave_root
{
    if [ -e "$root/ready" ]; then enter_root; else make_root; fi && set_up
} >build/arm64-root.log 2>&1 || {
    tail -n 20 build/arm64-root.log >&2
    note 'the chroot could not be made: build/arm64-root.log'
    exit 1
}

emulated="CROSS_COMPILE=$CROSS_COMPILE"
emulated="$emulated EMULATOR=/opt/qemu/usr/bin/qemu-aarch64"
if [ "$which" = bench ]; then
    make_inside -s CROSS_COMPILE=$CROSS_COMPILE \
        EMULATOR=qemu-aarch64 kernel-counts
    exit
fi
if [ "$which" = shell ]; then
    shift
    inside sh -c "cd /siamese && $*"
    exit
fi
note 'building for this machine, whose bits are compared, and for arm64'
make_inside all >build/arm64-make.log 2>&1 &&
    inside cp -L /siamese/build/siamese /siamese/build/libsiamese.so.0 /root &&
    make_inside $emulated all suite SUITE=arm64 >>build/arm64-make.log 2>&1 || {
    tail -n 20 build/arm64-make.log >&2
    note 'the build failed: build/arm64-make.log'
    exit 1
}

# Each line has its own path of the command that it runs.
list=build/suites/arm64-run.txt
choose >"$root/siamese/$list"
command=$(sed -n 's/.* SIAMESE=\([^ ]*\) .*/\1/p' "$root/siamese/$list" |
    head -n 1)
echo "arm64/bits=HERE=/root/siamese THERE=$command sh tests/arm64/bits.sh" \
    >>"$root/siamese/$list"
inside nice -n 10 sh -c "cd /siamese && V=${V:-0} SIAMESE_TEST_SECONDS=3600 \
    sh tools/run_tests.sh build/logs $list"
sh tools/platform_record.sh 'Debian 12, aarch64' 'gcc 12' emulated \
    "make check-arm64$(echo "$which" | sed '/list/d; s/^/-/'): $(cat "$root/siamese/build/logs/total.txt")"
