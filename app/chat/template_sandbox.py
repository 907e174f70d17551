"""Jinja as chat templates expect it, traced, and bounded in what it may do and cost.

Templates come with model files, so they are hostile until shown otherwise. Filters and methods
are those that chat templates use and no others; every operator, call, filter and printed value is
charged to a meter before it is made.
"""

import threading
from datetime import datetime
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace
from jinja2.visitor import NodeTransformer

from app.chat.template_costs import charge_format, charge_method, charge_operator
from app.chat.template_filters import filters, printed, tests
from app.chat.template_meter import Meter, TemplateLimit
from app.chat.template_trace import TracedText, concat


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """What a chat template may use. Every thread that renders brings a meter of its own."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    concat = staticmethod(concat)

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            extensions=[loopcontrols, _GenerationTag],
            finalize=printed,
        )
        self._thread = threading.local()
        self.filters = filters()
        self.tests = tests()
        self.globals.pop("lipsum")
        self.globals |= {
            "namespace": _Namespace,
            "raise_exception": _raise_exception,
            "strftime_now": _strftime_now,
        }

    @property
    def meter(self) -> Meter:
        meter: Meter = self._thread.meter
        return meter

    def render(
        self, template: jinja2.Template, variables: dict[str, Any], meter: Meter
    ) -> TracedText:
        """What the template prints, within the meter. Raises jinja's errors and TemplateLimit."""
        self._thread.meter = meter
        return concat(template.root_render_func(template.new_context(variables)))

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        values = [*args, *kwargs.values()]
        method = getattr(obj, "__wrapped__", obj)  # jinja wraps str.format
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str) and method.__name__ == "format":
            charge_format(self.meter, owner, values)
        elif owner is not None and not isinstance(owner, LoopContext | Cycler | Joiner):
            charge_method(self.meter, owner, method.__name__, values)
        elif isinstance(obj, Macro | LoopContext):
            self.meter.charge()
        else:
            self.meter.charge_value(values)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        charge_operator(self.meter, operator, left, right)
        return super().call_binop(context, operator, left, right)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401
        if isinstance(argument, tuple):
            raise TemplateLimit("It looks up a tuple")
        return super().getitem(obj, argument)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        traced = _Tracer().visit(tree)
        traced.set_environment(self)
        assert isinstance(traced, nodes.Template)
        return traced


class _Namespace(Namespace):
    """Prints itself without what it holds: two that hold each other twice are astronomic."""

    def __repr__(self) -> str:
        return "<Namespace>"


class _Tracer(NodeTransformer):
    """Marks the template's own strings, and sends through the meter what jinja would do itself."""

    def visit_Const(self, node: nodes.Const) -> nodes.Node:
        return _filtered(node, "template_text") if isinstance(node.value, str) else node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:
        return _filtered(nodes.Const(node.data, lineno=node.lineno), "template_text")

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "concatenated")

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        node.expr = self._operand(node.expr, "compared")
        for operand in node.ops:
            name = "searched" if operand.op in ("in", "notin") else "compared"
            operand.expr = self._operand(operand.expr, name)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        node.node = self.visit(node.node)
        if not isinstance(node.arg, nodes.Const):
            node.arg = self.visit(node.arg)
        return _filtered(node, "cut") if isinstance(node.arg, nodes.Slice) else node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Node:
        node.key = self._operand(node.key, "key")
        node.value = self.visit(node.value)
        return node

    def _operand(self, node: nodes.Expr, name: str) -> nodes.Expr:
        return node if isinstance(node, nodes.Const) else _filtered(self.visit(node), name)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        tick = _filtered(nodes.Const(0, lineno=node.lineno), "tick")
        node.body.insert(0, nodes.ExprStmt(tick, lineno=node.lineno))
        return node

    def visit_ScopedEvalContextModifier(self, node: nodes.Node) -> nodes.Node:
        raise jinja2.TemplateSyntaxError("Chat templates do not escape HTML", node.lineno)


class _GenerationTag(Extension):
    """``{% generation %}``: marks training targets in some templates; prints its body."""

    tags = {"generation"}  # noqa: RUF012 - jinja's interface

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _filtered(node: nodes.Expr, name: str) -> nodes.Expr:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(str(message))


def _strftime_now(form: str) -> str:
    if len(form) > 200:
        raise TemplateLimit("It asks for a date that is too long")
    return datetime.now().astimezone().strftime(form)
