#!/bin/sh
# Programs of the operating system that some tests need. Root gets those that are missing; anybody
# else is told the one line that brings them. Says nothing when all are there.
set -u

missing=
for each in initdb:postgresql nginx:nginx tor:tor systemd-analyze:systemd chromium:chromium \
  bwrap:bubblewrap strace:strace cc:gcc,libc6-dev; do
  program=${each%%:*} package=$(echo "${each#*:}" | tr , ' ')
  PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null && continue
  ls /usr/lib/postgresql/*/bin/"$program" >/dev/null 2>&1 && continue
  missing="$missing $package"
done
# Chromium comes without a font, and a page without one has no letters.
[ -n "$(find /usr/share/fonts /usr/local/share/fonts -name '*.[to]tf' 2>/dev/null | head -n 1)" ] ||
  missing="$missing fonts-dejavu-core"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "some tests will be skipped; this brings what they need: apt-get install$missing" >&2
  exit 0
fi

echo "installing$missing"
install() { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; }
said=$(install 2>&1) && exit 0
said=$(apt-get update -qq 2>&1 && install 2>&1) && exit 0
# Not the end: everything but those tests can be done without.
printf '%s\nerror: could not install%s\nhint: their tests will fail; install them by hand\n' \
  "$said" "$missing" >&2
