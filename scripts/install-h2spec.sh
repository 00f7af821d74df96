#!/bin/sh
# Installs h2spec, the conformance tests of HTTP/2, into the cache, once, and prints the path of its
# binary. It is the newest that Go's module proxy has: later tags lack the /v2 that Go asks for.
set -eu

h2spec=v2.2.1+incompatible
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport
stamp=$cache/bin/.h2spec-$h2spec

if ! command -v go > /dev/null; then
  echo 'h2spec: Go is not installed, and h2spec is built with it' >&2
  exit 1
fi

if [ ! -x "$cache/bin/h2spec" ] || [ ! -e "$stamp" ]; then
  mkdir -p "$cache/bin"
  cd "$cache" # so that no go.mod of a surrounding directory has a say
  GOBIN=$cache/bin go install "github.com/summerwind/h2spec/cmd/h2spec@$h2spec" >&2
  rm -f "$cache/bin/.h2spec-"*
  touch "$stamp"
fi
echo "$cache/bin/h2spec"
