# What every set-up verb shares: where the house stands, and one line a step with the seconds since the first began.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$root/out/setup
mkdir -p "$out"
export FACTORY_SETUP_BEGAN=${FACTORY_SETUP_BEGAN:-${EPOCHREALTIME/[.,]/}}

# say TEXT...: one line of progress, on stderr because some verbs answer on stdout.
say() {
    local passed=$(((${EPOCHREALTIME/[.,]/} - FACTORY_SETUP_BEGAN) / 100000))
    printf '%5d.%d s  %s\n' $((passed / 10)) $((passed % 10)) "$*" >&2
}

# refuse TEXT...: the last line before giving up; says what to do.
refuse() {
    say "$*"
    exit 1
}

# quietly LOG COMMAND...: its output goes to out/setup/LOG.log and is shown only when it fails.
quietly() {
    local log=$out/$1.log
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        refuse "failed: $* (all of it: ${log#"$root"/})"
    fi
}
