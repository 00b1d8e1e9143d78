"""Money as whole micro-units, from milliseconds to what people read. Pure."""

Micros = int
"""A millionth of the currency's unit."""
UNIT: Micros = 1_000_000
_HOUR_MILLISECONDS = 3_600_000
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
PLACES = 6


def amount_of(milliseconds: int, per_hour_micros: Micros) -> Micros:
    """What this many milliseconds cost at this price an hour, rounded down once."""
    return milliseconds * per_hour_micros // _HOUR_MILLISECONDS


def hourly(*, cpu_hour: Micros, gib_hour: Micros, component_hour: Micros, cpu_millis: int, memory_mib: int) -> Micros:
    """What an instance of this size costs an hour: whole micro-units, rounded down once."""
    given = cpu_hour * cpu_millis * 1024 + gib_hour * memory_mib * 1000
    return given // 1_024_000 + component_hour


def amount_to_set_aside(milliseconds: int, per_hour_micros: Micros) -> Micros:
    """What this many milliseconds can cost at most: as `amount_of`, rounded up."""
    return -(-milliseconds * per_hour_micros // _HOUR_MILLISECONDS)


def format_money(micros: Micros, currency: str, *, places: int = 4) -> str:
    """For people: "€0.0123", "-€1,234.50"; cut after so many places, of which at least two are shown.

    What is not nothing is never shown as nothing: "under €0.0001".
    """
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    step = int(10 ** (PLACES - places))
    cut = abs(micros) // step * step
    if micros and not cut:
        return f"under {symbol}{decimal(step)[: places + 2]}"
    whole, _, fraction = decimal(cut).partition(".")
    return f"{'-' if micros < 0 else ''}{symbol}{int(whole):,}.{fraction[:places].rstrip('0').ljust(2, '0')}"


def format_rate(micros: Micros, currency: str) -> str:
    """A price an hour, which is never cut: "€0.04125 an hour"; nothing is "free"."""
    return f"{format_money(micros, currency, places=PLACES)} an hour" if micros else "free"


def decimal(micros: Micros) -> str:
    """For machines: every place there is, "-0.012345"."""
    whole, rest = divmod(abs(micros), UNIT)
    return f"{'-' if micros < 0 else ''}{whole}.{rest:06}"
