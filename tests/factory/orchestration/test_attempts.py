import pytest

from factory.orchestration.attempts import Attempt, NodeHistory, delay_seconds
from tests.factory.orchestration.model_world import START, failed_attempt


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 0), (2, 10), (3, 20), (4, 40), (6, 160), (7, 300), (10_000, 300)]
)
def test_the_curve_doubles_from_ten_seconds_to_five_minutes(failures: int, seconds: float) -> None:
    assert delay_seconds(failures, jitter=0.5) == seconds


def test_jitter_moves_it_by_a_tenth_at_most() -> None:
    assert delay_seconds(2, jitter=0) == pytest.approx(9)
    assert delay_seconds(2, jitter=1) == pytest.approx(11)


def test_an_attempt_that_is_not_over_is_neither_failed_nor_finished() -> None:
    attempt = Attempt(1, started_at=START, exit_code=0)

    assert (attempt.failed, attempt.finished, attempt.misconfigured, attempt.was_stable) == (False,) * 4


def test_a_start_that_failed_is_a_failure_though_it_never_ran() -> None:
    attempt = Attempt(1, ended_at=START)

    assert attempt.failed
    assert NodeHistory(attempts=(attempt,)).failures() == 1


def test_success_ends_the_row_of_failures() -> None:
    attempts = (failed_attempt(1, ended_at=START), failed_attempt(2, ended_at=START, exit_code=0))

    assert NodeHistory(attempts=(*attempts, failed_attempt(3, ended_at=START))).failures() == 1
