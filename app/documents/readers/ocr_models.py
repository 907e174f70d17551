"""The two networks that read pictures of text (PP-OCRv6): one finds ink, one reads a line of it.

The files come inside the rapidocr package. Its own code is not used: it needs OpenCV, which takes
160 MB, and reads six lines at a time, as slowly as one by one.
"""

import functools
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

_FINDER, _READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_THREADS = 4
_INK_SIDE = 960  # pixels of the longer side: more finds no more lines
_MULTIPLE = 32  # both sides of what the finder is given
_LINE_HEIGHT = 48  # that the reader was trained with
_LEAST_WIDTH, _MOST_WIDTH = 16, 3_200


@dataclass(frozen=True, slots=True)
class Character:
    text: str
    middle: float  # share of the way along the line, 0 to 1
    certainty: float


def find_ink(picture: Image.Image) -> tuple[NDArray[np.float32], float]:
    """How likely each pixel is ink, of the picture at a scale, and that scale."""
    scale = min(_INK_SIDE / max(picture.size), 1.0)
    width, height = (max(round(side * scale), 1) for side in picture.size)
    padded = Image.new("RGB", (_rounded_up(width), _rounded_up(height)), "white")
    padded.paste(picture.resize((width, height), Image.Resampling.BILINEAR))
    likely = _run(_session(_FINDER), padded)
    return likely[0, 0, :height, :width], scale


def read_line(line: Image.Image) -> list[Character]:
    """The characters on the picture of a single level line, from left to right."""
    width = round(line.width * _LINE_HEIGHT / line.height)
    width = min(max(width, _LEAST_WIDTH), _MOST_WIDTH)
    session = _session(_READER)
    likely = _run(session, line.resize((width, _LINE_HEIGHT), Image.Resampling.BILINEAR))[0]
    best = likely.argmax(axis=1)
    certainty = likely[np.arange(len(best)), best]
    # Connectionist temporal classification: 0 is between characters, repeats are the same one.
    is_new = (best != 0) & (np.diff(best, prepend=0) != 0)
    known = _characters(session)
    return [
        Character(known[best[step]], (step + 0.5) / len(best), float(certainty[step]))
        for step in np.nonzero(is_new)[0]
    ]


@functools.cache
def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Every thread reserves address space, which is bounded, and a chat has a use for the others.
    options.intra_op_num_threads = min(os.cpu_count() or 1, _THREADS)
    options.enable_cpu_mem_arena = False  # it would keep memory for every width of line
    # Threads that wait by turning in circles take half of a busy machine from whoever works.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Numbers next to nothing take a processor twenty times as long: a third of finding ink.
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    return onnxruntime.InferenceSession(
        str(_folder() / name), options, providers=["CPUExecutionProvider"]
    )


@functools.cache
def _characters(session: onnxruntime.InferenceSession) -> list[str]:
    """By what the reader calls them: "" between characters, those in its file, and the space."""
    return ["", *session.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]


def _folder() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return Path(bundle) / "rapidocr" / "models"
    spec = importlib.util.find_spec("rapidocr")  # looks, does not import
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "models"


def _run(session: onnxruntime.InferenceSession, picture: Image.Image) -> NDArray[np.float32]:
    """The network's only output for one picture, whose colours go in as blue, green, red."""
    pixels = np.asarray(picture, np.float32)[:, :, ::-1].transpose(2, 0, 1)
    given: dict[str, Any] = {session.get_inputs()[0].name: pixels[np.newaxis] / 127.5 - 1.0}
    (output,) = session.run(None, given)
    return np.asarray(output, np.float32)


def _rounded_up(side: int) -> int:
    return -(-side // _MULTIPLE) * _MULTIPLE
