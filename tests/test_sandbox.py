"""Hostile templates and hostile values: nothing gets out, nothing runs on, and what a customer writes stays what they wrote."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from nlp.errors import DataError
from nlp.sandbox import MAX_ITEMS, MAX_OUTPUT, MAX_SOURCE, Source

VALUES: dict[str, Any] = {"name": "Kern", "items": ["a", "b"], "addon": SimpleNamespace(name="feste Schicht", options=[]), "rate": 32}
"""What the templates below are given: nothing but text, a list, a record, a number."""

ESCAPES = [
    # to Python, by attributes
    "{{ ''.__class__ }}",
    "{{ name.__class__.__mro__ }}",
    "{{ name.__class__.__base__.__subclasses__() }}",
    "{{ ().__class__.__bases__[0] }}",
    "{{ addon.__dict__ }}",
    "{{ addon.__init__.__globals__ }}",
    "{{ items.__reduce_ex__(2) }}",
    "{{ addon._name }}",
    "{{ name.upper }}",
    "{{ items.append }}",
    "{{ addon.model_config }}",
    "{{ name['__class__'] }}",
    "{{ items[0] }}",
    "{{ addon['name'] }}",
    "{{ addon | attr('__class__') }}",
    "{{ name|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ [].__class__ }}",
    "{{ {}.keys() }}",
    "{{ addon.id.__class__ }}",
    "{% for x in addon.options.__class__ %}{{ x }}{% endfor %}",
    # by calls and what Jinja offers
    "{{ name.upper() }}",
    "{{ range(10) }}",
    "{{ cycler('a', 'b') }}",
    "{{ lipsum(5) }}",
    "{{ joiner() }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ loop }}",
    "{{ open('/etc/passwd') }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ __import__('os') }}",
    "{{ _ }}",
    "{{ name | map('upper') | list }}",
    "{{ items | join(',') }}",
    "{{ items | tojson }}",
    "{{ items | groupby('x') }}",
    "{{ name | format(1) }}",
    "{{ '%s' | format(name) }}",
    "{{ items | sort(attribute='__class__') }}",
    "{{ name is defined }}",
    "{{ name is string }}",
    "{{ name | capitalize(1) }}",
    "{{ name.format(addon) }}",
    "{{ '{0.__class__}'.format(name) }}",
    # by statements
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'base' %}",
    "{% macro m() %}x{% endmacro %}{{ m() }}",
    "{% call name() %}x{% endcall %}",
    "{% set x = name.__class__ %}{{ x }}",
    "{% set ns = 1 %}",
    "{% block b %}x{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with x = name %}{{ x }}{% endwith %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{% for a, b in items %}x{% endfor %}",
    "{% for x in name %}{{ x }}{% endfor %}",
    "{% for x in 'abc' %}{{ x }}{% endfor %}",
    "{% for x in items recursive %}{{ loop(items) }}{% endfor %}",
    "{% do items.append(1) %}",
    "{% debug %}",
    "{% raw %}{{ x }}",
    "{% for x in items %}{{ loop }}{% endfor %}",
    "{% for x in items %}{{ loop.index }}{% endfor %}",
    "{{ super() }}",
    "{{ varargs }}",
    "{{ caller }}",
    # by arithmetic
    "{{ rate * 2 }}",
    "{{ rate + 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 2 ** 10000000 }}",
    "{{ rate // 2 }}",
    "{{ rate % 7 }}",
    "{{ -rate }}",
    "{{ name ~ name }}",
    "{{ rate / 0 }}",
    "{{ name / 'dir' }}",
    "{{ 'Sie' / 5 }}",
    "{{ ('a' / 'b') / 'c' }}",
    "{{ rate > 2 }}",
    "{{ name in items }}",
    "{{ [1, 2, 3] }}",
    "{{ (1, 2) }}",
    "{{ {'a': 1} }}",
    "{{ items[::2] }}",
    "{{ name[0:1] }}",
]

BOMBS = {
    "three loops deep": "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}",
    "an endless range": "{% for a in range(10**12) %}x{% endfor %}",
    "a deep if": "{% if name %}" * 60 + "x" + "{% endif %}" * 60,
    "deep brackets": "{{ " + "(" * 3_000 + "name" + ")" * 3_000 + " }}",
    "deep not": "{{ " + "not " * 1_500 + "name }}",
    "a chain of filters": "{{ name" + " | capitalize" * 500 + " }}",
    "a chain of conditions": "{{ " + "name if name else " * 400 + "name }}",
    "too long": "x" * (MAX_SOURCE + 1),
    "an unclosed tag": "{% if name %}x",
    "an unclosed bracket": "{{ name",
    "a broken string": "{{ 'abc }}",
    "a number too long": "{{ 1" + "0" * 7_000 + " }}",
}


@pytest.mark.parametrize("text", ESCAPES)
def test_no_way_out(text: str) -> None:
    with pytest.raises(DataError) as error:
        Source(text, "x.md").render(VALUES, du=False)
    assert error.value.where.startswith("x.md:1")
    assert error.value.remedy


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_no_template_costs_more_than_its_length(text: str) -> None:
    started = time.thread_time()
    with pytest.raises(DataError):
        Source(text, "x.md").render(VALUES, du=False)
    assert time.thread_time() - started < 2


def test_output_is_bounded_whatever_the_lists_hold() -> None:
    text = "{% for a in items %}{% for b in others %}" + "x" * 1_000 + "{% endfor %}{% endfor %}"
    with pytest.raises(DataError, match=f"Höchstens {MAX_OUTPUT}"):
        Source(text, "x.md").render({"items": ["a"] * MAX_ITEMS, "others": ["b"] * MAX_ITEMS}, du=False)
    with pytest.raises(DataError, match="keine Liste"):
        Source("{% for a in items %}x{% endfor %}", "x.md").render({"items": ["a"] * (MAX_ITEMS + 1)}, du=False)
    with pytest.raises(DataError, match=f"Höchstens {MAX_OUTPUT}"):
        Source("{{ name }}", "x.md").render({"name": "x" * (MAX_OUTPUT + 1)}, du=False)


@pytest.mark.parametrize("value", ["{{ 7 * 7 }}", "{% include '/etc/passwd' %}", "{# weg #}", "<script>alert(1)</script>", "⟦Antwort⟧", "&amp;", "\\x41", "{{ name.__class__ }}"])
def test_values_are_never_read_as_templates(value: str) -> None:
    assert Source("Zu „{{ name }}“.", "x.md").render({"name": value}, du=False) == f"Zu „{value}“."


def test_one_text_speaks_both_registers() -> None:
    source = Source('Wir schreiben {{ "Ihnen" / "dir" }}{% if not du %}, Herr Kern{% endif %}.', "x.md")
    assert [source.render({}, du=du) for du in (False, True)] == ["Wir schreiben Ihnen, Herr Kern.", "Wir schreiben dir."]
    assert source.names == {}


def test_a_name_without_value_is_a_mistake_with_file_and_line() -> None:
    for values in ({}, {"name": None}, {"name": ""}):
        with pytest.raises(DataError) as error:
            Source("Guten Tag\n\nFrau {{ name }}", "gruss.md", line=7).render(values, du=False)
        assert error.value.where == "gruss.md:10"


def test_names_are_known_before_anything_runs() -> None:
    source = Source("{{ a }}\n{% for option in addon.options %}{{ option.text }}{% if b %}{{ c | genitive }}{% endif %}{% endfor %}", "x.md", line=4)
    assert source.names == {"a": 5, "addon": 6, "b": 6, "c": 6}
