"""`manage.py rotate_secrets`: seal the teams' secrets anew under the newest key, so that older keys can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factory.domain.secrets.services import rotate_batch

ROWS_AT_ONCE = 100


class Command(BaseCommand):
    help = "Seal every secret that an older key of FACTORY_SECRETS_KEYS sealed anew under the first one."

    def handle(self, *arguments: Any, **options: Any) -> None:
        done, refused, last = 0, list[str](), -1
        after = 0
        while after != last:
            last = after
            sealed, after, problems = rotate_batch(most=ROWS_AT_ONCE, after=after)
            done += sealed
            refused += problems
        self.stdout.write(f"{done} secret{'' if done == 1 else 's'} sealed anew under the newest key")
        for problem in refused:
            self.stderr.write(problem)
        if refused:
            raise CommandError(f"{len(refused)} could not be opened; keep the older keys until they are mended")
