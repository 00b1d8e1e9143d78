import datetime
from typing import Any

import pytest

from factory.domain.billing.models import ComponentPrice, PriceList
from factory.domain.billing.price_book import PriceBook
from factory.domain.billing.price_tags import price_tags
from factory.domain.billing.prices import PriceMissing, rate_of
from factory.domain.billing.services import set_component_price, set_price
from tests.factory.metered import START

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def _prices() -> None:
    rise: dict[str, Any] = {"note": "", "by": None, "now": START}
    for days in (1, 3):
        set_price(cpu_hour_micros=50_000 * days, gib_hour_micros=7, effective_from=START + days * DAY, **rise)
    for days, price in ((2, 900), (4, 0)):
        set_component_price(component="overlay", per_hour_micros=price, effective_from=START + days * DAY, **rise)


@pytest.mark.usefixtures("_prices")
@pytest.mark.parametrize("component", ["overlay", "overlay@1.0.0", "recorder@1.0.0"])
def test_the_book_says_what_the_prices_say_at_any_moment(component: str) -> None:
    book = PriceBook()

    for hours in range(0, 6 * 24, 5):
        at = START + datetime.timedelta(hours=hours)
        assert book.rate_of(component, 1500, 700, at) == rate_of(component, 1500, 700, at)
    assert book.rate_of("overlay", 1000, 0, START + 2 * DAY) == 50_900


def test_before_the_first_list_there_is_no_price() -> None:
    first = PriceList.objects.earliest("effective_from").effective_from

    with pytest.raises(PriceMissing):
        PriceBook().rate_of("overlay", 1000, 0, first - DAY)


@pytest.mark.usefixtures("_prices")
def test_the_page_shows_what_is_in_force_and_what_comes() -> None:
    before, later, last = (price_tags(now=START + days * DAY) for days in (0, 2, 4))

    assert (before.current.cpu_hour_micros, before.components) == (40_000, ())
    assert [each.cpu_hour_micros for each in before.coming] == [50_000, 150_000]
    assert later.current.cpu_hour_micros == 50_000
    assert [(each.component, each.per_hour_micros) for each in later.components] == [("overlay", 900)]
    assert ComponentPrice.objects.count() == 2
    assert (last.components, last.coming) == ((), ())
