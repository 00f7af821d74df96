#!/bin/sh
# Builds test/fixtures/note-verify, the independent verifier of signed notes, into the cache, and prints the
# path of its binary. It is built again when its source changes.
set -eu

cd "$(dirname "$0")/../test/fixtures/note-verify"
digest=$(cat main.go go.mod go.sum | sha256sum | cut -c1-16)
directory=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport/note-verify-$digest

if [ ! -x "$directory/note-verify" ]; then
  mkdir -p "$directory"
  # Under another name first: two tests that start together must not find half of it.
  CGO_ENABLED=0 go build -trimpath -o "$directory/note-verify.$$" . >&2
  mv "$directory/note-verify.$$" "$directory/note-verify"
fi
echo "$directory/note-verify"
