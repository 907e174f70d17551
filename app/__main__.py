"""The command line: builds the objects, then starts one of window, serve, ask or worker."""


def main() -> int:
    """Run the command given on the command line and return its exit code."""
    return 2
