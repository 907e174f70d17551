"""The llama.cpp engine, but a prompt of the word "assert" meets a failed assertion in ggml."""

from engine_gguf import open_engine as open_gguf
from engine_gguf.bindings import llama


def open_engine(model, options, on_progress):
    engine = open_gguf(model, options, on_progress)
    submit = engine.submit

    def submit_or_fail(request):
        if request.prompt[0].text == "assert":
            llama._lib.ggml_abort(b"ggml.c", 1, b"GGML_ASSERT(%s) failed", b"rows > 0")
        submit(request)

    engine.submit = submit_or_fail
    return engine
