#!/bin/sh
# Installs an OpenTelemetry collector into the cache, once, and prints the path of its binary. It has
# what the test of OTLP exports needs and nothing else: the OTLP receiver and a file to write to.
# Everything is a Go module with a pinned version, verified by Go's checksum database; what those
# need in turn is chosen by Go from their go.mod files. The first run takes some minutes.
set -eu

version=v0.160.0
stable=v1.66.0 # what modules that are declared stable are called in that version
core=go.opentelemetry.io/collector
providers=$core/confmap/provider
receiver=$core/receiver/otlpreceiver
exporter=github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport
binary=$cache/otel-collector-$version/otelcol

if [ -x "$binary" ]; then
  echo "$binary"
  exit
fi
if ! command -v go > /dev/null; then
  echo 'install-otel-collector: Go is not installed, and the collector is built with it' >&2
  exit 1
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/otel-collector.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" # so that no go.mod of a surrounding directory has a say

cat > builder.yaml << YAML
dist: { name: otelcol, output_path: $work/dist, version: ${version#v} }
providers:
  - gomod: $providers/envprovider $stable
  - gomod: $providers/fileprovider $stable
receivers:
  - gomod: $receiver $version
exporters:
  - gomod: $exporter $version
YAML

GOBIN=$work/bin go install "go.opentelemetry.io/collector/cmd/builder@$version" >&2
"$work/bin/builder" --config builder.yaml --skip-get-modules --skip-compilation >&2
# Not left to the builder: it tidies go.mod first, for which it fetches what tests of modules need.
(
  cd dist
  go mod init otelcol
  go get "$core/otelcol@$version" "$receiver@$version" "$exporter@$version" \
    "$providers/envprovider@$stable" "$providers/fileprovider@$stable"
  CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags '-s -w' -o otelcol .
) >&2

mkdir -p "${binary%/*}"
mv -f "$work/dist/otelcol" "$binary" # last, so that a build that was broken off is not taken for one
echo "$binary"
