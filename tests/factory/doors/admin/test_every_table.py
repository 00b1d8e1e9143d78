"""Every list and every row of it opens for staff, and for nobody else; the registry says which there are."""

from html.parser import HTMLParser

import pytest
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from factory.domain.accounts.models import User
from factory.doors.admin.site import site
from factory.doors.admin.tables import Table
from factory.doors.admin.urls import SUBJECTS

TABLES = [table for table in site._registry.values() if isinstance(table, Table) and SUBJECTS]
SECRET_WORDS = ("password", "secret", "digest_of")


class Page(HTMLParser):
    """What a strict policy forbids on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sins: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.sins += [f"<{tag} {name}>" for name in names if name.startswith("on") or name == "style"]
        self.sins += [f"<{tag} {value}>" for value in names.values() if (value or "").startswith("javascript:")]
        if tag == "style" or (tag == "script" and "src" not in names and names.get("type") != "application/json"):
            self.sins.append(f"<{tag}> inline")


def address(table: Table, page: str, *arguments: object) -> str:
    options = table.opts
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=arguments)


def name(table: Table) -> str:
    return str(table.opts.label)


def test_the_subjects_of_operators_are_all_there() -> None:
    assert len(TABLES) == len(site._registry)
    wanted = {"accounts.User", "accounts.Team", "accounts.AuditEvent", "billing.Wallet", "billing.PriceList"}
    wanted |= {"billing.ComponentPrice", "billing.JournalEntry", "catalogue.ComponentRelease", "runs.Run"}
    wanted |= {"runs.Instance", "metering.InstanceUsage"}

    assert wanted - {name(table) for table in TABLES} == set()


def test_secrets_and_answers_are_nobodys_to_read() -> None:
    shown = {name(table).partition(".")[0] for table in TABLES}
    fields = {f"{name(table)}.{field}" for table in TABLES for field in table.fields or ()}

    assert shown & {"secrets", "answers", "sessions", "mfa", "account"} == set()
    assert [field for field in fields if any(word in field for word in SECRET_WORDS)] == []


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_a_table_says_which_columns_it_shows(table: Table) -> None:
    assert table.fields
    assert table.list_display


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("table", TABLES, ids=name)
def test_its_list_and_each_row_open_for_staff(operator: Client, table: Table) -> None:
    listed = operator.get(address(table, "changelist"), {"q": "a"} if table.search_fields else {})
    rows: list[Model] = list(table.model._default_manager.all()[:5])
    opened = [operator.get(address(table, "change", row.pk)) for row in rows]

    assert listed.status_code == 200
    assert rows or name(table) == "billing.ComponentPrice"
    assert [each.status_code for each in opened] == [200] * len(rows)
    assert [sins for each in [listed, *opened] if (sins := Page(each.content.decode()).sins)] == []
    assert "'unsafe" not in listed["Content-Security-Policy"]
    assert "no-cache" in listed["Cache-Control"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("table", TABLES, ids=name)
def test_a_row_that_cannot_be_is_not_there(operator: Client, table: Table) -> None:
    for key in ("a\0", "0\0", "nobody"):
        assert operator.get(address(table, "change", quote(key))).status_code == 302, "back to where one can look"


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("table", TABLES, ids=name)
def test_nothing_is_changed_or_deleted_by_its_form(operator: Client, table: Table) -> None:
    row = table.model._default_manager.first()
    before = list(table.model._default_manager.order_by("pk").values())
    deleting = {"action": "delete_selected", "_selected_action": [str(row.pk)] if row else [], "post": "yes"}

    listed = operator.post(address(table, "changelist"), deleting)
    changed = operator.post(address(table, "change", row.pk), {"name": "x"}).status_code if row else 405

    assert listed.status_code in (200, 302)
    assert changed == 405
    assert list(table.model._default_manager.order_by("pk").values()) == before


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_others_are_led_to_the_sign_in_of_the_site(alice: User, table: Table) -> None:
    path = address(table, "changelist")
    nobody, stranger = Client(), Client()
    stranger.force_login(alice)

    asked = nobody.get(path, follow=True)
    refused = stranger.get(path, follow=True)

    assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert refused.status_code == 403


def test_the_front_page_names_every_table_and_leads_back(operator: Client, olga: User) -> None:
    page = operator.get("/admin/")
    text = page.content.decode()

    assert all(address(table, "changelist") in text for table in TABLES)
    assert 'class="brand" href="/"' in text
    assert "Back to the pipelines" in text
    assert olga.email in text
    assert "password_change" not in text


def test_whoever_is_blocked_is_no_operator_any_more(operator: Client, olga: User) -> None:
    User.objects.filter(pk=olga.pk).update(is_active=False)

    assert operator.get("/admin/").status_code == 302


def test_passwords_and_signing_out_are_those_of_the_site(operator: Client) -> None:
    assert operator.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert operator.get("/admin/logout/")["Location"] == "/accounts/logout/"


def test_the_product_leads_operators_there_and_nobody_else(operator: Client, alice: User) -> None:
    other = Client()
    other.force_login(alice)

    assert 'href="/admin/"' in operator.get("/accounts/profile/").content.decode()
    assert 'href="/admin/"' not in other.get("/accounts/profile/").content.decode()
