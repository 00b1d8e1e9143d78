"""Runs every linter at once and shows all that they find, not only what the first one does."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
CACHE = "node_modules/.cache"
EDITOR = f"cd builder_ui && PATH={PROGRAMS}:$PATH"
# A cached graph keeps imports of modules that did not exist yet as they were read then.
LINTERS: dict[str, list[str]] = {
    "types": [f"{PROGRAMS}/mypy"],
    "floors": [f"{PROGRAMS}/lint-imports", "--no-cache"],
    "api document": [sys.executable, "manage.py", "openapi", "docs/openapi.json", "--check"],
    "editor api": [
        "bash",
        "-c",
        f"{EDITOR} npx --no-install openapi-typescript ../docs/openapi.json --check"
        " --output src/api/generated/schema.ts",
    ],
    "editor types": ["bash", "-c", f"{EDITOR} npx --no-install tsc --incremental --tsBuildInfoFile {CACHE}/tsc"],
    "editor rules": [
        "bash",
        "-c",
        f"{EDITOR} npx --no-install eslint --cache --cache-location {CACHE}/eslint --max-warnings 0 src",
    ],
    "editor circles": [
        "bash",
        "-c",
        f"{EDITOR} npx --no-install madge --circular --extensions ts,tsx --ts-config tsconfig.json src",
    ],
    "manifests": [sys.executable, "-m", "components.contract.manifest_lint", "components"],
    "rules": [f"{PROGRAMS}/ruff", "check", "--quiet", "."],
    "format": [f"{PROGRAMS}/ruff", "format", "--check", "--quiet", "."],
}
LONGEST_SECONDS = 600


def main() -> int:
    """One line a linter; what a failed one said follows its line. The exit code is 1 if any failed."""
    began = time.monotonic()
    running: dict[str, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}
    for name, command in LINTERS.items():
        said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        running[name] = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said), said
    failed = False
    while running and time.monotonic() - began < LONGEST_SECONDS:
        for name in [name for name, (process, _) in running.items() if process.poll() is not None]:
            process, said = running.pop(name)
            print(
                f"{time.monotonic() - began:7.1f} s  {name}: {'FAILED' if process.returncode else 'fine'}", flush=True
            )
            if process.returncode:
                failed = True
                said.seek(0)
                print(said.read().decode(errors="replace"), flush=True)
        time.sleep(0.02)
    for name, (process, _) in running.items():
        process.kill()
        print(f"{name}: not done after {LONGEST_SECONDS} s")
    return 1 if failed or running else 0


if __name__ == "__main__":
    sys.exit(main())
