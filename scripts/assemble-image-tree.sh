#!/bin/sh
# Puts the tree that the container image ships into DIRECTORY, which must be empty or absent:
#
#   dist/  node_modules/ (production only)  config/ (examples)  package.json  LICENSE
#
# The Dockerfile runs this very script, and test/package/image-tree.test.ts runs what comes out of it.
# The checkout is only read: its own dist/ is left alone. It needs the development dependencies.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
tree=${1:?usage: scripts/assemble-image-tree.sh DIRECTORY}

mkdir -p "$tree"
tree=$(cd "$tree" && pwd)
if [ -n "$(ls -A "$tree")" ]; then
  echo "assemble-image-tree: $tree is not empty; name a new directory" >&2
  exit 1
fi
if [ ! -x "$root/node_modules/.bin/tsc" ]; then
  echo "assemble-image-tree: no TypeScript compiler in $root; run npm ci first" >&2
  exit 1
fi

"$root/node_modules/.bin/tsc" -p "$root/tsconfig.build.json" --outDir "$tree/dist"
cp "$root/package.json" "$root/package-lock.json" "$root/LICENSE" "$tree/"
cp -R "$root/config" "$tree/config"

# No install script runs: nothing that is shipped needs one.
cd "$tree"
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
rm package-lock.json

# Types, source maps and the packages' own tests never run; the tests hold keys that scanners report.
find node_modules -type d \( -name test -o -name tests -o -name __tests__ \) -prune -exec rm -rf {} +
find node_modules -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' \) -delete

# Readable by the user that the image runs as, whatever the umask was here.
chmod -R a+rX,go-w "$tree"
