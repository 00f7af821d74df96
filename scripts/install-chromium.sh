#!/bin/sh
# Installs Chromium from Debian's packages, unless it is there, and prints the path of its binary.
# The tests of the review page look at it in a real browser.
set -eu

if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "install-chromium: chromium is missing; run this as root, or install the package chromium" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # Two tests may come here at once, and dpkg takes one at a time.
  exec 9> "${TMPDIR:-/tmp}/sallyport-install-chromium.lock"
  flock 9
  if ! command -v chromium >/dev/null; then
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends chromium >&2
  fi
fi
command -v chromium
