#!/usr/bin/env bash
# Tries what README promises of a fresh machine: in a root file system with nothing but Debian's minimal image, a clone of
# this commit runs a command, ./dev test unless another is given. Needs root, debootstrap and a network; takes most of an
# hour on two cores, and 12 GB.
#
#   tests/bare_system.sh FOLDER [COMMAND ...]
#
# FOLDER is made, and used as it is where it is there already. Proxies and certificates of this machine go along.
set -euo pipefail

[ $# -ge 1 ] || {
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
}
project=$(dirname "$(dirname "$(readlink -f "$0")")")
folder=$1
shift
[ $# -gt 0 ] || set -- ./dev test

if [ ! -e "$folder" ]; then
    rm -rf "$folder.partial"
    debootstrap --variant=minbase bookworm "$folder.partial" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
    mv "$folder.partial" "$folder"
fi
install -m 644 /etc/resolv.conf /etc/hosts "$folder/etc"
rm -rf "$folder/root/driftscope"
git clone --quiet --no-hardlinks "$project" "$folder/root/driftscope"

mounted=()
trap 'for each in "${mounted[@]}"; do umount -l "$each"; done' EXIT
for each in proc sys dev; do
    mount --rbind "/$each" "$folder/$each"
    mount --make-rslave "$folder/$each"
    mounted=("$folder/$each" "${mounted[@]}")
done
passed=()
while IFS= read -r line; do passed+=("$line"); done < <(env | grep -iE '^(https?_proxy|no_proxy|PIP_INDEX_URL)=' || true)
if [ -n "${PIP_CERT:-}" ]; then  # kept apart from those that Debian's package writes
    install -m 644 "$PIP_CERT" "$folder/root/certificates.crt"
    passed+=("PIP_CERT=/root/certificates.crt")
fi
time chroot "$folder" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "${passed[@]}" \
    /bin/bash -c 'cd /root/driftscope && "$@"' bash "$@"
