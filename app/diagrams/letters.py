"""How wide the words of a diagram are, for laying it out, from the widths of their letters."""

import re

import merman

_WIDE = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\uff60]")
_PLACES = re.compile(r"[ \t]*(?:[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\uff60]|[^\s\u2e80-\uff60]+)")
_USUAL = 0.6

_KINDS = merman.MermanTextMeasurementResultKind
_OPERATIONS = merman.MermanTextMeasurementOperation
_LENGTHS = (
    _OPERATIONS.COMPUTED_LENGTH,
    _OPERATIONS.SIMPLE_B_BOX_WIDTH,
    _OPERATIONS.RAW_B_BOX_WIDTH,
    _OPERATIONS.TSPAN_B_BOX_WIDTH,
    _OPERATIONS.WRAP_PROBE_B_BOX_WIDTH,
    _OPERATIONS.BOUNDING_CLIENT_RECT_WIDTH,
    _OPERATIONS.CANVAS_MEASURE_TEXT_WIDTH,
)
_WHOLE = (_OPERATIONS.MEASURE, _OPERATIONS.MERMAID_CALCULATE_TEXT_DIMENSIONS)


class Letters(merman.MermanTextMeasurer):  # type: ignore[misc]  # the library has no types
    """Answers the library while it lays out; None leaves a question to its own estimates."""

    def __init__(self, advances: dict[str, float], bold: float) -> None:
        self._advances, self._bold = advances, bold

    def measure(
        self, request: merman.MermanTextMeasureRequest
    ) -> merman.MermanTextMeasureResult | None:
        if request.operation in _LENGTHS:
            return _length(self._width(request.text, request))
        lines = request.text.split("\n")
        if request.operation is _OPERATIONS.WRAPPED:
            room = request.max_width
            if room and request.white_space is not merman.MermanTextWhiteSpace.NOWRAP:
                lines = [part for line in lines for part in self._wrapped(line, room, request)]
        elif request.operation not in _WHOLE:
            return None
        widest = max(self._width(line, request) for line in lines)
        return _metrics(widest, request.line_height * len(lines), len(lines))

    def _width(self, text: str, request: merman.MermanTextMeasureRequest) -> float:
        ems = sum(self._advances.get(letter, _advance(letter)) for letter in text)
        is_bold = str(request.font_weight) in ("bold", "bolder", "600", "700", "800", "900")
        spaces = request.letter_spacing * len(text) + request.word_spacing * text.count(" ")
        return float(ems * request.font_size * (self._bold if is_bold else 1.0) + spaces)

    def _wrapped(
        self, line: str, room: float, request: merman.MermanTextMeasureRequest
    ) -> list[str]:
        """The line in pieces that fit, cut between words and between Chinese characters."""
        lines = [""]
        for piece in _PLACES.findall(line):
            longer = lines[-1] + piece
            if lines[-1] and self._width(longer, request) > room:
                lines.append(piece.lstrip())
            else:
                lines[-1] = longer
        return lines


def _advance(letter: str) -> float:
    return 1.0 if _WIDE.match(letter) else _USUAL


def _length(width: float) -> merman.MermanTextMeasureResult:
    return merman.MermanTextMeasureResult(
        result_kind=_KINDS.LENGTH,
        **{"width": 0.0, "height": 0.0, "length": width, "line_count": 0},
        **{"bbox_left": None, "bbox_right": None, "raw_width": None},
    )


def _metrics(width: float, height: float, count: int) -> merman.MermanTextMeasureResult:
    return merman.MermanTextMeasureResult(
        result_kind=_KINDS.METRICS,
        **{"width": width, "height": height, "length": 0.0, "line_count": count},
        **{"bbox_left": None, "bbox_right": None, "raw_width": None},
    )
