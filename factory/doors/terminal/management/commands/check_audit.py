"""`manage.py check_audit`: prove that nobody changed what the audit logs say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factory.domain.accounts.audit import broken_places, newest_of_each


class Command(BaseCommand):
    help = "Compute the chain of every audit log again, and tell where it is broken; fails where any is."
    requires_system_checks: list[str] = []

    def handle(self, *arguments: Any, **options: Any) -> None:
        broken = 0
        for newest in newest_of_each():
            name = newest.team.slug if newest.team is not None else "(no team)"
            places = broken_places(chain=newest.chain)
            for place in places:
                self.stdout.write(f"{name}: {place}")
            if places:
                broken += 1
                continue
            # A chain does not know that its end was cut off: who keeps these lines elsewhere does.
            self.stdout.write(f"{name}: {newest.number} events, the newest {newest.digest}")
        if broken:
            raise CommandError(f"{broken} audit logs are not as they were written; compare them with a backup.")
