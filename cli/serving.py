"""The commands that run until they are stopped: everything, or the console alone."""

from __future__ import annotations

import argparse

from cli.output import warn_if_lacking


def run_serve(_: argparse.Namespace) -> int:
    """Run console, Prefect API and schedules until stopped."""
    from schedules.serving import serve

    warn_if_lacking()
    return serve()


def run_console(options: argparse.Namespace) -> int:
    """Run the console until stopped, and print its address."""
    from keywright.console.site.serve import serve
    from keywright.settings.settings import settings

    on_start = _ignore if options.quiet else _print_address
    serve(options.port or settings().console_port, options.host, demo=options.demo, on_start=on_start)
    return 0


def _print_address(url: str) -> None:
    print(f"The console is at {url} . Ctrl-C ends it.", flush=True)


def _ignore(_url: str) -> None:
    """Print nothing: the program that started the console prints the address."""
