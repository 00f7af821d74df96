#!/bin/sh
# Installs helm, kubeconform and the Kubernetes schemas that kubeconform reads into the cache, once,
# and prints the cache directory. Everything is a Go module with a pinned version, verified by Go's
# checksum database. The first run takes some minutes (helm is compiled), later ones no time.
set -eu

helm=v3.21.4
kubeconform=v0.7.0
kubernetes=v1.36.3

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport
schemas=$cache/kube-schemas/$kubernetes

if ! command -v go > /dev/null; then
  echo 'install-kube-tools: Go is not installed, and helm and kubeconform are built with it' >&2
  exit 1
fi

# A helm that is built by hand takes itself for one of Kubernetes 1.20's time; this is how its releases say otherwise.
minor=${kubernetes#v1.}
client=helm.sh/helm/v3/pkg/chartutil
flags="-s -w -X $client.k8sVersionMajor=1 -X $client.k8sVersionMinor=${minor%%.*}"

# install_tool NAME VERSION PACKAGE: a file beside the binary says which version it is.
install_tool() {
  stamp=$cache/bin/.$1-$2
  if [ -x "$cache/bin/$1" ] && [ -e "$stamp" ]; then return; fi
  GOBIN=$cache/bin go install -ldflags "$flags" "$3@$2" >&2
  rm -f "$cache/bin/.$1-"*
  touch "$stamp"
}

mkdir -p "$cache/bin"
cd "$cache" # so that no go.mod of a surrounding directory has a say
install_tool helm "$helm" helm.sh/helm/v3/cmd/helm
install_tool kubeconform "$kubeconform" github.com/yannh/kubeconform/cmd/kubeconform

if [ ! -e "$schemas/_definitions.json" ]; then
  download=$(go mod download -json "k8s.io/kubernetes@$kubernetes")
  module=$(echo "$download" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  PATH=$root/node_modules/.bin:$PATH node "$root/scripts/write-kube-schemas.ts" \
    "$module/api/openapi-spec/swagger.json" "$schemas"
fi

ln -sfn "$schemas" "$cache/kube-schemas/current"
echo "$cache"
