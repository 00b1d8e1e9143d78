"""`manage.py rotate_secrets`: seal the teams' secrets anew under the newest key, so that older keys can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factory.domain.secrets.models import PastSecret, Secret
from factory.domain.secrets.services import rotate_batch

ROWS_AT_ONCE = 100


class Command(BaseCommand):
    help = "Seal every secret that an older key of FACTORY_SECRETS_KEYS sealed anew under the first one."

    def handle(self, *arguments: Any, **options: Any) -> None:
        # A past one that does not open keeps nobody from anything, and goes by itself.
        done, refused = _rotate(Secret)
        past, _ = _rotate(PastSecret)
        done += past
        self.stdout.write(f"{done} secret{'' if done == 1 else 's'} sealed anew under the newest key")
        for problem in refused:
            self.stderr.write(problem)
        if refused:
            raise CommandError(f"{len(refused)} could not be opened; keep the older keys until they are mended")


def _rotate(rows_of: type[Secret] | type[PastSecret]) -> tuple[int, list[str]]:
    done, refused = 0, list[str]()
    after, last = 0, -1
    while after != last:
        last = after
        sealed, after, problems = rotate_batch(rows_of=rows_of, most=ROWS_AT_ONCE, after=after)
        done += sealed
        refused += problems
    return done, refused
