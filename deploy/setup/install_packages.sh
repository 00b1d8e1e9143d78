#!/bin/bash
# Installs from Debian what is missing, and asks apt nothing when all is there.
set -euo pipefail
. "$(dirname "$0")/progress.sh"

# Looked for by what it brings, so that the same thing from another source counts too.
missing=()
need() { # PACKAGE TEST...
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
exists() { compgen -G "$1"; }

for python in python3.11 python3; do command -v "$python" >/dev/null && break; done
need python3 command -v "$python"
need python3-venv "$python" -c 'import ensurepip, venv'
need ca-certificates exists /etc/ssl/certs/ca-certificates.crt
need git command -v git
need ffmpeg command -v ffprobe
need fonts-dejavu-core exists /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
need chromium command -v chromium
need postgresql exists '/usr/lib/postgresql/*/bin/initdb'
need mmdebstrap command -v mmdebstrap
[ -S /var/run/docker.sock ] || need docker.io command -v dockerd
docker compose version >/dev/null 2>&1 || need docker-compose command -v docker-compose

if [ ${#missing[@]} = 0 ]; then
    say "Debian packages: all there"
    exit 0
fi

apt=(apt-get -qq -o Acquire::Retries=3)
command -v apt-get >/dev/null || refuse "this is no Debian; install what these packages bring, then try again: ${missing[*]}"
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        apt=(sudo DEBIAN_FRONTEND=noninteractive "${apt[@]}")
    else
        say "only root may install packages; ask for: apt-get install ${missing[*]}"
        case " ${missing[*]} " in *" python3"*) refuse "nothing works without python3 and python3-venv" ;; esac
        say "going on without them; without docker.io runs use plain processes"
        exit 0
    fi
fi

# Packages start their services where nobody forbids it; set-up starts nothing.
policy=/usr/sbin/policy-rc.d
if [ "$(id -u)" = 0 ] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
say "Debian packages: asking what is offered"
quietly apt-update "${apt[@]}" update
say "Debian packages: installing ${missing[*]}"
quietly apt-install "${apt[@]}" install --no-install-recommends -y "${missing[@]}"
say "Debian packages: installed"
