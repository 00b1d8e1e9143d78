from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factory.domain.accounts.append_only import NeverChanged
from factory.domain.accounts.models import Team
from factory.domain.accounts.services import create_team
from factory.domain.billing.ledger import account, post_entry
from factory.domain.billing.models import AccountKind, EntryKind, JournalEntry, Posting, Unbalanced, Wallet
from factory.domain.billing.services import open_wallet
from tests.factory.metered import START

pytestmark = pytest.mark.django_db
GRANT: dict[str, Any] = {"kind": EntryKind.GRANT, "at": START, "note": ""}


@pytest.fixture
def team() -> Team:
    team = create_team(slug="studio", name="Studio")
    open_wallet(team=team, now=START)
    return team


def test_an_entry_moves_the_wallet_by_what_it_posts_to_the_credit(team: Team) -> None:
    before = Wallet.objects.get(team=team).balance

    entry = post_entry(
        key="one", lines=[(account(AccountKind.CREDIT, team), 70), (account(AccountKind.GRANTS), -70)], **GRANT
    )

    assert Wallet.objects.get(team=team).balance == before + 70
    assert sorted(entry.postings.values_list("amount", flat=True)) == [-70, 70]


def test_an_entry_that_does_not_sum_to_zero_leaves_nothing_behind(team: Team) -> None:
    entries, before = JournalEntry.objects.count(), Wallet.objects.get(team=team).balance

    with pytest.raises(Unbalanced, match="both sides"), transaction.atomic():
        post_entry(
            key="one", lines=[(account(AccountKind.CREDIT, team), 70), (account(AccountKind.GRANTS), -69)], **GRANT
        )

    assert (JournalEntry.objects.count(), Wallet.objects.get(team=team).balance) == (entries, before)


def test_a_key_is_used_once(team: Team) -> None:
    lines = [(account(AccountKind.CREDIT, team), 1), (account(AccountKind.GRANTS), -1)]
    post_entry(key="one", lines=lines, **GRANT)

    with pytest.raises(IntegrityError), transaction.atomic():
        post_entry(key="one", lines=lines, **GRANT)


def test_no_posting_comes_alone_or_late(team: Team) -> None:
    credit, grants = account(AccountKind.CREDIT, team), account(AccountKind.GRANTS)
    entry = post_entry(key="one", lines=[(credit, 1), (grants, -1)], **GRANT)
    pair = [Posting(entry=entry, account=credit, amount=5), Posting(entry=entry, account=grants, amount=-5)]

    for deed in (
        lambda: Posting(entry=entry, account=credit, amount=0).save(),
        lambda: Posting.objects.create(entry=entry, account=credit, amount=0),
        lambda: Posting.objects.bulk_create([Posting(entry=entry, account=credit, amount=0)]),
        lambda: Posting.objects.bulk_create(pair),
    ):
        with pytest.raises(Unbalanced):
            deed()


def test_the_journal_is_never_changed_or_deleted(team: Team) -> None:
    entry = JournalEntry.objects.get()
    posting = entry.postings.get(amount__gt=0)

    for deed in (
        entry.save,
        entry.delete,
        lambda: JournalEntry.objects.update(note="another"),
        lambda: JournalEntry.objects.all().delete(),
        posting.delete,
        lambda: Posting.objects.update(amount=0),
        lambda: Posting.objects.all().delete(),
        lambda: team.ledger_accounts.all().delete(),
    ):
        with pytest.raises(NeverChanged, match="corrects"):
            deed()


def test_there_is_one_account_of_a_kind(team: Team) -> None:
    assert account(AccountKind.CREDIT, team) == account(AccountKind.CREDIT, team)
    assert account(AccountKind.USAGE) == account(AccountKind.USAGE)
