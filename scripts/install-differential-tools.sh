#!/bin/sh
# Builds what the differential tests call Sallyport with, into the cache, once, and prints the folder of each:
#
#   go-peers       callers of grpc-go and of Temporal's Go SDK, a frontend of grpc-go, the API's descriptors
#   python-caller  PyPI's grpcio and Temporal's Python SDK
#   java-caller    callers of grpc-java and of Temporal's Java SDK, from Maven Central
#   grpcurl        grpcurl, by Go's module proxy
#
# Named ones, or all of them. Versions are pinned: Go's by go.sum, which the checksum database answers
# for, the others in requirements.txt and pom.xml. What is built from sources here is built again when
# they change. The first run takes some minutes.
set -eu

cd "$(dirname "$0")/../test/fixtures"
fixtures=$PWD
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport
grpcurl=v1.9.4
mkdir -p "$cache"

# Of all files of a folder: what is built from them lies under a name with this in it.
digest_of() {
  (cd "$fixtures/$1" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
}

need() {
  command -v "$1" > /dev/null && return
  echo "install-differential-tools: $1 is not installed, and $2 is made with it" >&2
  return 1
}

build_go_peers() {
  need go go-peers || return
  cd "$fixtures/go-peers"
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$1/" ./... &&
    "$1/protoset" > "$1/temporal.protoset"
}

build_python_caller() {
  need python3 python-caller || return
  python3 -m pip install --quiet --root-user-action ignore --no-deps --target "$1" \
    -r "$fixtures/python-caller/requirements.txt"
}

build_java_caller() {
  need mvn java-caller || return
  # Maven writes beside its sources, which may be read by others at the same time.
  cp -R "$fixtures/java-caller/pom.xml" "$fixtures/java-caller/src" "$1/"
  cd "$1"
  mvn -q -B compile dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib &&
    mv target/classes classes && rm -rf target src pom.xml
}

build_grpcurl() {
  need go grpcurl || return
  cd "$1" # so that no go.mod of a surrounding directory has a say
  CGO_ENABLED=0 GOBIN=$1 go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl"
}

work=
trap 'rm -rf "$work"' EXIT
[ "$#" -gt 0 ] || set -- go-peers python-caller java-caller grpcurl
for tool; do
  case $tool in
    go-peers | java-caller) version=$(digest_of "$tool") ;;
    # The programs themselves run from where they are.
    python-caller) version=$(sha256sum < python-caller/requirements.txt | cut -c1-16) ;;
    grpcurl) version=$grpcurl ;;
    *)
      echo "install-differential-tools: there is no $tool" >&2
      exit 1
      ;;
  esac
  folder=$cache/$tool-$version
  # Under another name until all of it is there: two tests that start together must not find half.
  if [ ! -d "$folder" ]; then
    work=$(mktemp -d "$cache/$tool.XXXXXX")
    (build_"$(echo "$tool" | tr - _)" "$work") >&2
    chmod 755 "$work"
    mv -T "$work" "$folder" 2> /dev/null || rm -rf "$work"
    work=
  fi
  echo "$folder"
done
