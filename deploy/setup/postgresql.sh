# Where our PostgreSQL lies and who owns it: it refuses to run as root, so then Debian's user `postgres` does.
. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"

programs=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) || refuse "no PostgreSQL here; as root: make setup"
folder=$root/out/postgresql
as_owner() { "$@"; }

if [ "$(id -u)" = 0 ]; then
    # `runuser` would complain about a working directory that its user may not enter.
    as_owner() { (cd / && runuser -u postgres -- "$@"); }
    mkdir -p "$folder"
    chown postgres "$folder"
    if ! as_owner test -w "$folder"; then
        folder=/var/tmp/media-pipeline-factory-$(printf %s "$root" | sha256sum | cut -c 1-8)
        mkdir -p "$folder"
        chown postgres "$folder"
    fi
fi
mkdir -p "$folder"
chmod 755 "$folder"
data=$folder/data
