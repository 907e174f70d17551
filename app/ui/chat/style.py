"""The theme's colours and fonts in the forms that the block widgets need, made once per theme."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtGui import QBrush, QColor, QFont, QPalette, QTextBlockFormat, QTextCharFormat

if TYPE_CHECKING:
    from app.ui.theme import Theme

# Token families of Pygments, from the particular to the general, and the theme's colour for them.
_SYNTAX = {
    "Token.Comment": "syntax_comment",
    "Token.Keyword.Type": "syntax_type",
    "Token.Keyword": "syntax_keyword",
    "Token.Operator.Word": "syntax_keyword",
    "Token.Literal.String": "syntax_string",
    "Token.Literal.Number": "syntax_number",
    "Token.Name.Function": "syntax_function",
    "Token.Name.Class": "syntax_type",
    "Token.Name.Builtin": "syntax_type",
    "Token.Name.Decorator": "syntax_function",
    "Token.Name.Tag": "syntax_keyword",
    "Token.Name.Attribute": "syntax_function",
    "Token.Generic.Heading": "syntax_keyword",
    "Token.Generic.Deleted": "danger",
    "Token.Generic.Inserted": "ok",
}


class Style:
    """What every block widget of one appearance shares."""

    def __init__(self, theme: "Theme") -> None:
        self.theme = theme
        self.text = theme.color("text")
        self.muted = theme.color("muted")
        self.line = theme.color("line")
        self.accent = theme.color("accent")
        self.surface = theme.color("surface")
        self.sunken = theme.color("sunken")
        self.user = theme.color("user")
        self.body = theme.font("body")
        self.secondary = theme.font("secondary")
        self.caption = theme.font("caption")
        self.code = theme.font("code")
        self.code.setStyleHint(QFont.StyleHint.Monospace)
        self.strong = QFont.Weight(theme.size("weight_strong"))
        self._syntax: dict[str, QTextCharFormat] = {}

    def line_height(self, size: str = "body") -> int:
        return round(self.theme.size(size) * self.theme.size("line_height_percent") / 100)

    def palette(self, text: QColor | None = None) -> QPalette:
        """Text on nothing: what is behind it is painted by what is behind it."""
        palette = QPalette()
        roles = QPalette.ColorRole
        for role in (roles.Text, roles.WindowText, roles.ButtonText):
            palette.setColor(role, text or self.text)
        palette.setColor(roles.Base, QColor(0, 0, 0, 0))
        palette.setColor(roles.Window, self.surface)
        palette.setColor(roles.Button, self.surface)
        palette.setColor(roles.Highlight, self.theme.color("selection"))
        palette.setColor(roles.HighlightedText, self.text)
        palette.setColor(roles.Link, self.accent)
        palette.setColor(roles.PlaceholderText, self.muted)
        return palette

    @cached_property
    def text_palette(self) -> QPalette:
        return self.palette()

    @cached_property
    def muted_palette(self) -> QPalette:
        return self.palette(self.muted)

    @cached_property
    def body_line(self) -> QTextBlockFormat:
        return self._line_format("body")

    @cached_property
    def secondary_line(self) -> QTextBlockFormat:
        return self._line_format("secondary")

    def citation(self, *, is_doubtful: bool) -> QTextCharFormat:
        """The number after a quote."""
        form = QTextCharFormat()
        form.setForeground(QBrush(self.theme.color("warn" if is_doubtful else "accent")))
        form.setFontUnderline(False)
        form.setFontWeight(QFont.Weight(self.theme.size("weight_strong")))
        form.setProperty(QTextCharFormat.Property.FontPixelSize, self.theme.size("caption"))
        form.setBackground(QBrush(self.sunken))
        return form

    @cached_property
    def link(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(QBrush(self.accent))
        form.setFontUnderline(True)
        form.setUnderlineColor(self.line)
        return form

    @cached_property
    def code_span(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFontFamilies(self.code.families())
        form.setFontFixedPitch(True)
        form.setProperty(QTextCharFormat.Property.FontPixelSize, self.code.pixelSize())
        form.setBackground(QBrush(self.sunken))
        return form

    @cached_property
    def missing_image(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(QBrush(self.muted))
        return form

    def heading(self, level: int) -> QTextCharFormat:
        """Title, one step between, body: more sizes than three would be noise."""
        title, body = self.theme.size("title"), self.theme.size("body")
        form = QTextCharFormat()
        size = {1: title, 2: (title + body) // 2, 3: body + 1}.get(level, body)
        form.setProperty(QTextCharFormat.Property.FontPixelSize, size)
        form.setFontWeight(self.strong)
        return form

    def syntax(self, token: str) -> QTextCharFormat | None:
        """The format for a Pygments token type, None where code has the colour of text."""
        if token not in self._syntax:
            name = next((name for prefix, name in _SYNTAX.items() if token.startswith(prefix)), "")
            form = QTextCharFormat()
            if name:
                form.setForeground(QBrush(self.theme.color(name)))
            self._syntax[token] = form
        form = self._syntax[token]
        return form if form.propertyCount() else None

    def _line_format(self, size: str) -> QTextBlockFormat:
        form = QTextBlockFormat()
        minimum = QTextBlockFormat.LineHeightTypes.MinimumHeight.value
        form.setLineHeight(self.line_height(size), minimum)
        return form
