#!/bin/sh
# Proves set-up on a bare Debian 12: a chroot with only make and
# ca-certificates gets a clone of this repository and runs make demo and make
# check. Needs root and debootstrap; leaves nothing behind.
#
# usage: run.sh [TARGET ...]     (demo check when none is given)
set -eu
targets=${*:-demo check}
suite=bookworm

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo 'chroot: needs root and debootstrap; skipped' >&2
    exit 0
fi

# The mirror that this machine's apt uses for the same release.
mirror=$(apt-get indextargets --format '$(SITE)|$(RELEASE)|$(REPO_URI)' \
    'Created-By: Packages' | awk -F'|' -v suite=$suite \
    '$2 == suite { print $3; exit }')
[ -n "$mirror" ] || {
    echo "chroot: apt of this machine knows no mirror of $suite" >&2
    exit 1
}

root=$(mktemp -d)
clean() {
    for place in proc dev/shm; do
        umount "$root/$place" 2>/dev/null || true
    done
    # Never through a mount that would not go.
    mountpoint -q "$root/proc" || rm -rf --one-file-system "$root"
}
trap clean EXIT
trap 'exit 130' INT TERM

echo "chroot: debootstrap $suite from $mirror" >&2
debootstrap --variant=minbase --include=make,ca-certificates $suite \
    "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -20 "$root.log" >&2
    exit 1
}
rm -f "$root.log"

mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
apt-config dump | grep -i '^Acquire::.*proxy' \
    >"$root/etc/apt/apt.conf.d/90proxy" || true

git clone -q --no-hardlinks . "$root/siamese"

# As a newcomer would, with nothing in the environment but what is needed.
for target in $targets; do
    echo "chroot: make $target" >&2
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 CI=true make -C /siamese "$target" </dev/null
done
echo "chroot: $targets: done" >&2
