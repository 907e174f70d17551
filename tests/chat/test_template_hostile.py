"""A template comes with a model file: what a hostile one may not do."""

import time

import pytest

from app.chat import template
from app.chat.messages import Message
from app.chat.template import render_prompt
from app.engine.protocol import ModelInfo
from app.errors import AppError, ErrorKind
from tests.patience import is_done_within

NS = "{% set ns = namespace(x='ab', l=[1], a=[], b=[], i=3, t=(1,), d={}) %}"
OFTEN = "{% for _ in range(100000) %}"
DOUBLED = NS + "{% for _ in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
NESTED_TWICE = (
    NS
    + "{% for _ in range(80) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}"
    + "{% set ns.t = (ns.t, ns.t) %}{% set ns.d = {'k': ns.d, 'l': ns.d} %}{% endfor %}"
)
MEGABYTE = "{% set big = 'abcdefgh' * 125000 %}"

ATTACKS = {
    # time
    "nested loops": OFTEN * 4 + "{% endfor %}" * 4,
    "loops that print nothing": OFTEN * 3 + "{% set x = 1 %}" + "{% endfor %}" * 3,
    "loops in a macro": "{% macro m() %}"
    + OFTEN * 3
    + "{% endfor %}" * 3
    + "{% endmacro %}{{ m() }}",
    "filtered loops": "{% for a in range(100000) if range(100000)|sum > a %}{% endfor %}",
    "calls that call twice": "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}"
    "{% endmacro %}{{ m(60) }}",
    "searching backwards": "{% set a = 'a' * 3000000 %}{{ (a + 'b' + a).rfind('b' + a + 'a') }}",
    "splitting backwards": "{% set a = 'a' * 3000000 %}{{ (a + 'b' + a).rsplit('b' + a + 'a') }}",
    "stripping many characters": "{% set a = 'b' * 3000000 %}{{ ('a' * 3000000).strip(a + 'a') }}",
    "trimming many characters": "{% set a = 'b' * 3000000 %}{{ ('a' * 3000000)|trim(a + 'a') }}",
    "comparing what is nested twice": NESTED_TWICE + "{{ ns.a == ns.b }}",
    "finding what is nested twice": NESTED_TWICE + "{{ ns.a in [ns.b] }}",
    "counting what is nested twice": NESTED_TWICE + "{{ [ns.b].count(ns.a) }}",
    "sorting what is nested twice": NESTED_TWICE + "{{ [ns.b, ns.a]|sort }}",
    "testing what is nested twice": NESTED_TWICE + "{{ ns.a is eq(ns.b) }}",
    "selecting what is nested twice": NESTED_TWICE + "{{ [ns.a]|select('in', [ns.b])|list }}",
    "a change of what is nested twice": NESTED_TWICE
    + "{% for x in [ns.a, ns.b] %}{{ loop.changed(x) }}{% endfor %}",
    "a key that is nested twice": NESTED_TWICE + "{{ {ns.t: 1} }}",
    "looking up what is nested twice": NESTED_TWICE + "{{ {}[ns.t] }}",
    "getting what is nested twice": NESTED_TWICE + "{{ {}.get(ns.t) }}",
    "a dict of what is nested twice": NESTED_TWICE + "{{ dict([(ns.t, 1)]) }}",
    "unique of what is nested twice": NESTED_TWICE + "{{ [ns.t, ns.t]|unique|list }}",
    "a sum of lists": "{{ ([[1]] * 900000)|sum(start=[]) }}",
    "large numbers": NS + OFTEN + "{% set ns.i = ns.i * ns.i %}{% endfor %}",
    "a large power": "{{ 9 ** (9 ** 9) }}",
    "a large power of floats and ints": "{{ 3 ** 100000000 }}",
    "a large precision": "{{ 5|round(1000000000) }}",
    "a long hexadecimal number": "{% set x = ('f' * 50000000)|int(0, 16) %}{{ x // 7 }}",
    "a long float": "{{ ('1' * 50000000)|float }}",
    "one long sentence after another": MEGABYTE + "{{ big|upper|lower|title }}" * 3000,
    # memory
    "text that doubles": DOUBLED,
    "text that doubles with tilde": NS + OFTEN + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "text that doubles in a block": NS
    + OFTEN
    + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
    "text that doubles without a loop": "{% set a = 'ab' %}"
    + "{% set a = a + a %}" * 60
    + "{{ a }}",
    "lists that double": NS + OFTEN + "{% set ns.l = ns.l + ns.l %}{% endfor %}",
    "text that doubles by joining": NS + OFTEN + "{% set ns.x = [ns.x, ns.x]|join %}{% endfor %}",
    "text that doubles by str.join": NS
    + OFTEN
    + "{% set ns.x = ''.join([ns.x, ns.x]) %}{% endfor %}",
    "text that doubles by replacing": NS
    + OFTEN
    + "{% set ns.x = ns.x|replace('a', 'aa') %}{% endfor %}",
    "text that squares": NS + OFTEN + "{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}",
    "text that squares by joining": NS + OFTEN + "{% set ns.x = ns.x.join(ns.x) %}{% endfor %}",
    "text that doubles by %": NS + OFTEN + "{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}",
    "text that doubles by format": NS
    + OFTEN
    + "{% set ns.x = '{0}{0}'.format(ns.x) %}{% endfor %}",
    "numbers replaced by text": MEGABYTE + "{{ (10 ** 400)|replace('0', big) }}",
    "lists replaced by text": MEGABYTE + "{{ ([1] * 1000)|replace('1', big) }}",
    "repeated text": "{{ 'a' * 1000000000000 }}",
    "text repeated from the left": "{{ 1000000000000 * 'a' }}",
    "a repeated list": "{{ [1] * 1000000000 }}",
    "a repeated list of text": MEGABYTE + "{{ [big] * 1000000 }}",
    "a list of text as a string": MEGABYTE + "{% set x = ([big] * 10000)|string %}",
    "a list of text in a format": MEGABYTE + "{{ '{}'.format([big] * 10000) }}",
    "printing what is nested twice": NESTED_TWICE + "{{ ns.a }}",
    "JSON of what is nested twice": NESTED_TWICE + "{{ ns.a|tojson }}",
    "JSON of dicts nested twice": NESTED_TWICE + "{{ ns.d|tojson }}",
    "namespaces nested twice": NS
    + "{% for _ in range(80) %}{% set ns.l = namespace(a=ns.l, b=ns.l) %}{% endfor %}"
    + "{{ [ns.l]|string }}{{ ns.l }}",
    "deep JSON": NS + OFTEN + "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
    "deep lists printed": NS + OFTEN + "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
    "deep lists compared": NS
    + OFTEN
    + "{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
    "wide JSON": "{{ ([[1]] * 100000)|tojson(indent=1000000) }}",
    "wide and deep JSON": NS
    + "{% set ns.l = [1] * 1000000 %}{% for _ in range(500) %}{% set ns.l = [ns.l] %}{% endfor %}"
    + "{{ ns.l|tojson(indent=16) }}",
    "JSON with wide separators": MEGABYTE + "{{ ([1] * 100000)|tojson(separators=(big, big)) }}",
    "a wide indent": "{{ ('a\n' * 100000)|indent(10000000) }}",
    "a long indent": MEGABYTE + "{{ ('a\n' * 100000)|indent(big) }}",
    "padding": "{{ 'a'.ljust(10000000000) }}",
    "centring": "{{ 'a'.center(10000000000) }}",
    "zero filling": "{{ '1'.zfill(10000000000) }}",
    "tabs": "{{ ('\t' * 1000000).expandtabs(1000000) }}",
    "a wide % field": "{{ '%999999999d' % 1 }}",
    "a wide named % field": "{{ '%(a)999999999s' % {'a': 1} }}",
    "a precise % field": "{{ '%.999999999f' % 1.5 }}",
    "a starred % field": "{{ '%*d' % (999999999, 1) }}",
    "a wide format field": "{{ '{:>9999999999}'.format('a') }}",
    "a nested format field": "{{ '{:{}}'.format('a', 9999999999) }}",
    "a format map": "{{ '{a:>9999999999}'.format_map({'a': 1}) }}",
    "bytes of a number": "{{ (5).to_bytes(10000000000, 'big') }}",
    "bytes of a text": "{{ 'a'.encode('utf-8') }}",
    "text of many sources": "{{ ('<' + messages[0].content[:1]) * 20000000 }}",
    "text of many sources replaced": MEGABYTE
    + "{% set two = '<' + messages[0].content[:1] %}"
    + "{{ big|replace('a', two)|replace('b', two * 9) }}{{ big|replace('', two) }}" * 9,
    "slices that are kept": MEGABYTE + NS + OFTEN + "{% set ns.l = ns.l + [big[1:]] %}{% endfor %}",
    "pieces that are kept": MEGABYTE
    + NS
    + OFTEN
    + "{% set ns.l = ns.l + [big.split('a')] %}{% endfor %}",
    "characters that are kept": MEGABYTE
    + NS
    + OFTEN
    + "{% set ns.l = [ns.l, big|list] %}{% endfor %}",
    "huge output": MEGABYTE + OFTEN + "{{ big }}{% endfor %}",
    "huge output of a macro": MEGABYTE
    + "{% macro m() %}"
    + OFTEN
    + "{{ big }}{% endfor %}{% endmacro %}{% set x = m() %}",
    "many lines of output": OFTEN * 2 + "0123456789" * 10 + "{% endfor %}" * 2,
    "lorem ipsum": "{{ lipsum(n=100000) }}",
    "a long date": "{{ strftime_now('%Y' * 100000) }}",
    "batches": "{{ [1]|batch(1000000000, 0)|list }}",
    "slices": "{{ [1]|slice(1000000000)|list }}",
    "centred": "{{ 'a'|center(10000000000) }}",
    # depth
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a loop that calls itself": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a block that calls itself": "{% block b %}{{ self.b() }}{% endblock %}",
    "deep parentheses": "{{ " + "(" * 50000 + "1" + ")" * 50000 + " }}",
    "deep lists": "{{ " + "[" * 50000 + "]" * 50000 + " }}",
    "deep ifs": "{% if 1 %}" * 5000 + "{% endif %}" * 5000,
    "deep loops": "{% for x in [1] %}" * 150 + "{% endfor %}" * 150,
    "a long sum": "{{ 1" + "+1" * 50000 + " }}",
    "a long number": "{{ " + "9" * 100000 + " }}",
    "many nots": "{{ " + "not " * 30000 + "1 }}",
    "a huge template": "a" * 3_000_000,
    # what it may not reach
    "the class of a text": "{{ ''.__class__ }}{{ ''.__class__.__mro__ }}",
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attr": "{{ (''|attr('__class__')).mro() }}",
    "map of an attribute": "{{ ['']|map(attribute='__class__')|first|string }}",
    "a format that looks inside": "{{ '{0.__class__.__mro__}'.format('') }}",
    "a format method by attr": "{{ (('{0.__class__}')|attr('format'))('')|attr('mro')() }}",
    "globals of a function": "{{ raise_exception.__globals__ }}{{ raise_exception.__globals__.x }}",
    "globals of a macro": "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__.x }}",
    "globals of a cycler": "{{ cycler.__init__.__globals__.os }}",
    "the frame of a generator": "{{ ([1]|map('string')).gi_frame.f_globals }}",
    "the context": "{{ self._TemplateReference__context.environment }}",
    "code of a macro": "{% macro m() %}{% endmacro %}{{ m._func.__code__.co_consts }}",
    "a class method of dict": "{{ {}.fromkeys(range(100000)) }}",
    "changing the messages": "{{ messages.append({'role': 'user'}) }}",
    "clearing a message": "{{ messages[0].clear() }}",
    "an import": "{% import 'os' as os %}",
    "a from import": "{% from 'os' import system %}",
    "an include": "{% include '/etc/passwd' %}",
    "an include of what may be missing": "{% include ['a', 'b'] %}",
    "an extends": "{% extends '/etc/passwd' %}",
    "escaping on": "{% autoescape true %}{{ messages[0].content }}{% endautoescape %}",
    "what is not there": "{{ nothing.at.all }}",
    "a call of nothing": "{{ nothing() }}",
    "a call of text": "{{ 'a'() }}",
    "a filter that is not there": "{{ 'a'|xmlattr }}",
    "printing a function": "{{ range }}",
    "printing a namespace": "{{ namespace(a=1) }}",
    "a text and a number added": "{{ 'a' + 1 }}",
    "a division by zero": "{{ 1 / 0 }}",
    "an infinite number": "{{ (1e308 * 10)|int }}{{ raise_exception('') }}",
    "a damaged tag": "{% if %}",
    "an unknown tag": "{% load x %}",
    "a raise without a text": "{{ raise_exception() }}",
    "a raise with a list": "{{ raise_exception([1]) }}",
    "JSON of a function": "{{ range|tojson }}",
    "a date of odd characters": "{{ strftime_now('\\ud800') }}{{ 1/0 }}",
}


@pytest.fixture
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "RENDER_LIMIT_S", 0.15)
    monkeypatch.setattr(template, "FREE_CHARACTERS", 10_000_000)


@pytest.mark.usefixtures("_low_limits")
@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_template_is_an_error_in_words_within_seconds(name: str):
    model = ModelInfo("hostile", "any", 4096, ATTACKS[name])
    began = time.monotonic()

    with pytest.raises(AppError) as caught:
        render_prompt(model, [Message.of("user", "Hello")])

    assert caught.value.kind is ErrorKind.TEMPLATE
    assert len(caught.value.message) < 400
    assert time.monotonic() - began < 10


def test_all_renderings_of_a_prompt_share_one_limit_on_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(template, "RENDER_LIMIT_S", 1)
    model = ModelInfo("hostile", "any", 4096, ATTACKS["nested loops"])

    def render():
        with pytest.raises(AppError, match="takes too long"):
            render_prompt(model, [Message.of("system", "Be brief."), Message.of("user", "Hello")])

    assert is_done_within(1.9, render)


def test_a_hostile_template_does_not_shorten_the_time_of_the_next_one():
    with pytest.raises(AppError):
        render_prompt(ModelInfo("hostile", "any", 4096, DOUBLED), [Message.of("user", "Hello")])

    parts = render_prompt(ModelInfo("plain", "any", 4096, None), [Message.of("user", "Hello")])

    assert "Hello" in [part.text for part in parts]


def test_a_template_cannot_change_the_conversation():
    messages = [Message.of("user", "Hello")]
    text = "{% set m = messages[0] %}{% set m = dict(m, content='x') %}{{ messages[0].content }}"

    (part,) = render_prompt(ModelInfo("any", "any", 4096, text), messages)

    assert part.text == "Hello"


def test_the_error_names_the_line_that_cannot_be_read():
    model = ModelInfo("any", "any", 4096, "{{ bos_token }}\n{% if %}{% endif %}")

    with pytest.raises(AppError, match="Line 2"):
        render_prompt(model, [Message.of("user", "Hello")])
