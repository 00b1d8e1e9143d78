"""The settings that docs/operate.md tells operators to use pass Django's own checks, with every warning an error."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = re.compile(r"^([A-Z_]+)=(\S+)$", re.MULTILINE)


def check(folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in a process that knows nothing but the documented environment."""
    page = (ROOT / "docs" / "operate.md").read_text()
    block = page.partition("```sh\n# /etc/media-pipeline-factory.env")[2].partition("```")[0]
    environment = dict(DOCUMENTED.findall(block))
    assert {"FACTORY_SITE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY_FILE"} <= set(environment)
    for name in ("SECRET_KEY_FILE", "FACTORY_SECRETS_KEYS_FILE"):
        key = folder / name
        key.write_text(secrets.token_urlsafe(48))
        environment[name] = str(key)
    environment["FACTORY_STATE"] = str(folder / "state")
    command = [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    clean = {"PATH": os.environ["PATH"], **environment, **changed}
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)


def test_the_documented_settings_leave_nothing_to_warn_of(tmp_path: Path) -> None:
    done = check(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout + done.stderr
    assert "0 silenced" in done.stdout + done.stderr


def test_settings_for_a_desk_do_not_pass_as_production(tmp_path: Path) -> None:
    done = check(tmp_path, FACTORY_SITE="http://media.example", FACTORY_TRUSTED_PROXIES="0", DEBUG="1")

    assert done.returncode != 0
    for found in ("security.W004", "security.W012", "security.W018"):
        assert found in done.stderr
