#!/bin/bash
# Brings every dependency to this machine and starts nothing. Done before: says so within a second.
set -euo pipefail
. "$(dirname "$0")/progress.sh"

# Two makes at once would run two package managers at once.
exec 9>"$out/lock"
flock -n 9 || { say "waiting for another set-up in this folder"; flock 9; }

"$root/deploy/setup/install_packages.sh" 9>&-
"$root/deploy/setup/create_environment.sh" 9>&-
"$root/deploy/setup/build_editor.sh" 9>&-
