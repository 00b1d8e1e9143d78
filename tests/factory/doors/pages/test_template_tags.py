"""A library loaded after another takes its names away without a word, so no two may give the same one."""

from collections import Counter

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.library import Library, import_library


def the_names_given(library: Library) -> list[str]:
    return [*library.filters, *library.tags]


def test_no_two_of_our_tag_libraries_give_one_name() -> None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    ours = [path for path in engine.engine.libraries.values() if path.startswith("factory.")]
    built_in = [name for library in engine.engine.template_builtins for name in set(the_names_given(library))]

    given = Counter(built_in + [name for path in ours for name in the_names_given(import_library(path))])

    assert len(ours) >= 3
    assert [name for name, times in given.items() if times > 1] == []
