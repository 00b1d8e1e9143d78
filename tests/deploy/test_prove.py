from pathlib import Path

from deploy.checks.prove import Count, Stage, all_stages, fast_stages, run

REPORT = '<testsuites><testsuite tests="7" failures="1" errors="2" skipped="1"/></testsuites>'


def test_reports_of_several_stages_add_up(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    count = Count()

    count.add(report)
    count.add(report)
    count.add(tmp_path / "never written.xml")

    assert (count.passed, count.failed, count.skipped) == (6, 6, 2)
    assert str(count) == "6 failed, 6 passed, 2 skipped"


def test_one_failed_stage_fails_the_whole_and_stops_no_other(tmp_path: Path) -> None:
    stages = [Stage("fails", ["false"]), Stage("works", ["touch", str(tmp_path / "done")])]

    assert run(stages) == 1
    assert (tmp_path / "done").exists()
    assert run(stages[1:]) == 0


def test_everything_runs_on_both_databases_and_on_the_engine() -> None:
    stages = {stage.name: stage for stage in all_stages(database_url="postgres://one", engine=True)}

    assert list(stages)[: len(fast_stages())] == [stage.name for stage in fast_stages()]
    assert stages["tests on PostgreSQL"].environment == {"DATABASE_URL": "postgres://one"}
    assert "tests/factory" in stages["tests on PostgreSQL"].command
    assert "(engine or browser or journey) and not postgres" in stages["journeys"].command


def test_without_an_engine_only_its_own_tests_are_left_out() -> None:
    stages = {stage.name: stage for stage in all_stages(database_url="postgres://one", engine=False)}

    assert "(engine or browser or journey) and not postgres and not engine" in stages["journeys"].command
