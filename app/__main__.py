"""The command line: reads the options, then starts one of window, serve, ask or worker."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from app import __version__
from app.errors import AppError

if TYPE_CHECKING:
    from app.engine.protocol import SamplingParams
    from app.paths import Paths
    from app.start import Start

CLIENT_NAMES = (
    *("claude-code", "codex", "opencode", "openclaw"),
    *("aider", "continue", "cline", "roo"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; a user's mistake is one sentence on stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["worker"]:
        # Before anything else is imported: a worker has no window, no server, no storage.
        from app.engine.worker import main as worker_main

        return worker_main()
    if arguments[:1] == ["extract"]:
        from app.documents.extractor import main as extractor_main

        return extractor_main()
    if arguments[:1] == ["draw"]:
        from app.diagrams.child import main as draw_main

        return draw_main()
    try:
        return _run(_parse(arguments))
    except AppError as error:
        print(f"doorstep: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    from app.paths import Paths
    from app.start import Start

    paths = Paths.under(options.data_dir) if options.data_dir else Paths.default()
    paths.create()
    start = Start.read(paths, model=options.model, engine=options.engine)
    if options.command == "serve":
        from app.serve import serve

        return serve(start, options.port, needs_key=not options.no_key, is_lan=options.lan)
    if options.command == "bench":
        from app.bench import bench, estimate

        if options.estimate:
            return estimate(options.bandwidth, options.bits)
        return bench(start, options.context, is_json=options.json)
    if options.command == "models":
        from app.models_command import devices_command, models_command

        if options.action == "devices":
            return devices_command(start.backends(), is_again=options.try_again)
        return models_command(
            paths.models, options.action, options.name, options.context, is_json=options.json
        )
    if options.command == "mtp-addon":
        from app.mtp_addon import mtp_addon

        return mtp_addon(options.shards, options.to, options.bits)
    if options.command == "connect":
        from app.connect import connect

        return connect(
            start, options.client, port=options.port, is_print=options.print, is_yes=options.yes
        )
    if options.command == "keys":
        from app.keys_command import keys_command

        return keys_command(paths.endpoint_keys, options.action, options.name)
    if options.command == "requests":
        from app.requests_command import requests_command

        return requests_command(paths.requests_socket, is_following=options.follow)
    if options.command == "documents":
        return _documents(paths, options)
    if options.command == "ask":
        sampling = replace(
            start.sampling,
            seed=options.seed,
            **({} if options.temperature is None else {"temperature": options.temperature}),
        )
        return _ask(start, options, sampling)
    from app.window import open_window

    return open_window(start, is_quick=options.command == "quick")


def _ask(start: "Start", options: argparse.Namespace, sampling: "SamplingParams") -> int:
    from app.errors import only_of_documents

    if not (options.document or options.collection):
        if options.mode or options.pages or options.json:
            raise only_of_documents()
        from app.ask import ask

        return ask(start, options.question, sampling, options.max_tokens)
    from app.ask_documents import DocumentQuestion, ask_documents, page_range

    question = DocumentQuestion(
        options.question,
        tuple(options.document or ()),
        options.collection,
        options.mode,
        page_range(options.pages) if options.pages else None,
        options.json,
    )
    return ask_documents(start, question, sampling, options.max_tokens)


def _documents(paths: "Paths", options: argparse.Namespace) -> int:
    from app import documents_command as command

    match options.action:
        case "add":
            return command.add_documents(
                paths, options.files, options.collection, is_waiting=options.wait
            )
        case "list":
            return command.list_documents(paths, options.collection, is_json=options.json)
        case "remove":
            return command.remove_documents(paths, options.names)
        case "pause":
            return command.pause_documents(paths, options.names)
        case "resume":
            return command.resume_documents(paths, options.names)
        case "unwatch":
            return command.unwatch_folders(paths, options.folders)
        case "collections":
            return _collections(paths, options)
        case _:
            return command.search_documents(
                paths, options.query, options.collection, options.limit, is_json=options.json
            )


def _collections(paths: "Paths", options: argparse.Namespace) -> int:
    from app import collections_command as command

    match options.change:
        case "rename":
            return command.rename_collection(paths, options.name, options.new_name)
        case "delete":
            return command.delete_collection(paths, options.name)
        case "take-out":
            return command.take_out_documents(paths, options.name, options.names)
        case _:
            return command.list_collections(paths, is_json=options.json)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"doorstep: {message}. See `doorstep --help`.\n")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Options may stand before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="folder for settings, conversations, caches and logs",
    )
    common.add_argument(
        "--model", metavar="M", help="'starter', a path, or a name in the models folder"
    )
    common.add_argument("--engine", metavar="E", help="auto, gguf, mlx, or scripted:FILE")
    parser = _Parser(prog="doorstep", description=__doc__, parents=[common])
    parser.description = "A private assistant that runs language models on this computer."
    parser.add_argument("--version", action="version", version=f"doorstep {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", parser_class=_Parser)
    commands.add_parser("window", parents=[common], help="open the window (the default)")
    commands.add_parser("quick", parents=[common], help="open its quick window, for one question")
    _add_endpoint_parsers(commands, common)
    _add_ask_parser(commands, common)
    _add_documents_parser(commands, common)
    _add_model_parsers(commands, common)
    defaults = dict.fromkeys(
        ("data_dir", "model", "engine", "port", "temperature", "seed", "max_tokens")
    )
    return parser.parse_args(arguments, argparse.Namespace(**defaults))


def _add_endpoint_parsers(commands: "argparse._SubParsersAction[_Parser]", common: _Parser) -> None:
    serve = commands.add_parser("serve", parents=[common], help="run the endpoint, no window")
    serve.add_argument("--port", type=_port, metavar="N", help="3535 unless told; 0 = any free")
    serve.add_argument("--no-key", action="store_true", help="let any program on this computer in")
    serve.add_argument("--lan", action="store_true", help="let other computers in, with a key")
    connect = commands.add_parser("connect", parents=[common], help="set up a coding agent")
    connect.add_argument(
        "client", choices=CLIENT_NAMES, metavar="CLIENT", help=", ".join(CLIENT_NAMES)
    )
    connect.add_argument("--port", type=_port, metavar="N", help="where the endpoint listens")
    connect.add_argument("--print", action="store_true", help="print the settings, write nothing")
    connect.add_argument("--yes", action="store_true", help="write without asking")
    keys = commands.add_parser("keys", parents=[common], help="named keys of the endpoint")
    keys.add_argument("action", choices=("list", "add", "revoke"), help="list, add or revoke")
    keys.add_argument("name", nargs="?", metavar="NAME", help="of the key to add or revoke")
    requests = commands.add_parser(
        "requests", parents=[common], help="what the running endpoint was asked"
    )
    requests.add_argument("--follow", action="store_true", help="go on printing new ones")


def _add_ask_parser(commands: "argparse._SubParsersAction[_Parser]", common: _Parser) -> None:
    ask = commands.add_parser("ask", parents=[common], help="print the answer to one question")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--temperature", type=float, metavar="T", help="0 = always the most likely")
    ask.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    ask.add_argument("--max-tokens", type=_length, metavar="N", help="length of the answer at most")
    ask.add_argument(
        "--document", type=Path, nargs="+", action="extend", metavar="FILE", help="answer from it"
    )
    ask.add_argument("--collection", metavar="NAME", help="answer from one of the library")
    ask.add_argument(
        "--mode", choices=("whole", "passes", "passages"), help="how documents are read"
    )
    ask.add_argument("--pages", metavar="3-9", help="read only these")
    ask.add_argument("--json", action="store_true", help="the answer and its proof for machines")


def _add_model_parsers(commands: "argparse._SubParsersAction[_Parser]", common: _Parser) -> None:
    bench = commands.add_parser("bench", parents=[common], help="measure an engine's speed")
    bench.add_argument("--context", type=int, metavar="N", help="context length in tokens")
    bench.add_argument("--json", action="store_true", help="the same for machines")
    bench.add_argument("--estimate", action="store_true", help="Step 3.5 Flash on paper")
    bench.add_argument("--bandwidth", type=float, default=546, metavar="GB/S")
    bench.add_argument("--bits", type=int, choices=(4, 6, 8), default=4, help="of the weights")
    models = commands.add_parser("models", parents=[common], help="what is here, what it needs")
    models.add_argument("action", choices=("list", "inspect", "devices"))
    models.add_argument("name", nargs="?", metavar="FILE", help="a .gguf file or model folder")
    models.add_argument("--try-again", action="store_true", help="try GPU backends anew")
    models.add_argument("--context", type=_tokens, metavar="N", help="context length in tokens")
    models.add_argument("--json", action="store_true", help="the same for machines")
    addon = commands.add_parser("mtp-addon", parents=[common], help="add MTP layers to a model")
    addon.add_argument(
        "--from", dest="shards", type=Path, nargs="+", required=True, metavar="SHARD"
    )
    addon.add_argument("--to", type=Path, required=True, metavar="MODEL_DIR")
    addon.add_argument("--bits", type=int, choices=(4, 8), default=4)


def _add_documents_parser(commands: "argparse._SubParsersAction[_Parser]", common: _Parser) -> None:
    documents = commands.add_parser(
        "documents", parents=[common], help="add, list, search, remove … documents"
    )
    actions = documents.add_subparsers(
        dest="action", metavar="action", required=True, parser_class=_Parser
    )
    add = actions.add_parser("add", parents=[common], help="add files; watch folders")
    add.add_argument("files", type=Path, nargs="+", metavar="PATH")
    add.add_argument("--wait", action="store_true", help="until they can be searched")
    show = actions.add_parser("list", parents=[common], help="what is in the library")
    remove = actions.add_parser("remove", parents=[common], help="with all that was made of it")
    remove.add_argument("names", nargs="+", metavar="NAME", help="name, path or number")
    for name, words in (("pause", "stop reading them"), ("resume", "from where they stopped")):
        action = actions.add_parser(name, parents=[common], help=words)
        action.add_argument("names", nargs="+", metavar="NAME", help="name, path or number")
    unwatch = actions.add_parser("unwatch", parents=[common], help="its documents stay")
    unwatch.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    _add_collections_parser(actions, common)
    search = actions.add_parser("search", parents=[common], help="passages with these words")
    search.add_argument("query", metavar="WORDS")
    search.add_argument("--limit", type=int, default=5, metavar="N")
    for action in (add, show, search):
        action.add_argument("--collection", metavar="NAME")
    for action in (show, search):
        action.add_argument("--json", action="store_true", help="the same for machines")


def _add_collections_parser(
    documents: "argparse._SubParsersAction[_Parser]", common: _Parser
) -> None:
    collections = documents.add_parser("collections", parents=[common], help="list or change them")
    collections.add_argument("--json", action="store_true", help="the same for machines")
    changes = collections.add_subparsers(dest="change", metavar="change", parser_class=_Parser)
    rename = changes.add_parser("rename", parents=[common], help="give one another name")
    delete = changes.add_parser("delete", parents=[common], help="its documents stay")
    take_out = changes.add_parser("take-out", parents=[common], help="take documents out of one")
    for change in (rename, delete, take_out):
        change.add_argument("name", metavar="COLLECTION")
    rename.add_argument("new_name", metavar="NAME")
    take_out.add_argument("names", nargs="+", metavar="DOCUMENT", help="name, path or number")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _tokens(text: str) -> int:
    if not text.isdecimal() or not 256 <= int(text) <= 16_777_216:
        raise argparse.ArgumentTypeError("a context length is a number from 256 to 16777216")
    return int(text)


def _length(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 2**31 - 1:
        raise argparse.ArgumentTypeError("the length of an answer is a number of tokens from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
