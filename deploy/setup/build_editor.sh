#!/bin/bash
# Installs what the editor is made of and builds it into builder_ui/dist; what has not changed is not built again.
set -euo pipefail
. "$(dirname "$0")/progress.sh"
export PATH="$root/.venv/bin:$PATH"
cd "$root/builder_ui"

packages=$(cat package.json package-lock.json | sha256sum)
if [ "$(cat node_modules/.stamp 2>/dev/null)" != "$packages" ]; then
    say "editor: installing the packages of package-lock.json"
    quietly npm npm ci --no-audit --no-fund --ignore-scripts
    echo "$packages" >node_modules/.stamp
fi

sources=$(find package-lock.json vite.config.ts tsconfig.json src -type f ! -name '*.test.*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ "$(cat dist/.stamp 2>/dev/null)" = "$sources" ]; then
    say "editor: built"
    exit 0
fi
# Beside the old one and then in its place: who is served meanwhile gets the whole old one.
quietly editor npm run --silent build -- --outDir dist.new --emptyOutDir
echo "$sources" >dist.new/.stamp
rm -rf dist
mv dist.new dist
say "editor: built anew"
