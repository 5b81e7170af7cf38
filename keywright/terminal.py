"""The safe way to print to the terminal: texts from documents, file names, screens and people cannot control it.

Printed text goes through ``guard_terminal``, which writes control characters out like JSON. Colours and progress bars
come only from a ``SafeConsole``: it writes out the same characters in all texts and ignores markup in them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from keywright.plain_text import plain


class Guarded:
    """A text stream that writes out characters that could control a terminal; otherwise it behaves like its stream."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text; return the length of the original text."""
        self.stream.write(plain(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one text after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard_terminal() -> None:
    """Guard all output of this process from here on: prints, logs, and tracebacks."""
    sys.stdout, sys.stderr = Guarded(sys.stdout), Guarded(sys.stderr)


def words(text: str, style: str = "") -> Text:
    """Return a text for a screen, in a style. It is made safe here, so that a table measures what it will show."""
    return Text(plain(text), style=style)


class SafeConsole(Console):
    """A console with its own colours, in which texts are plain: brackets, emoji codes and escapes have no effect."""

    def __init__(self, *, stderr: bool = False, **options: Any) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, **options)

    @property
    def file(self) -> IO[str]:
        """Return the stream itself, past its guard: what is written here is guarded already."""
        stream = super().file
        return stream.stream if isinstance(stream, Guarded) else stream

    @file.setter
    def file(self, stream: IO[str]) -> None:
        self._file = stream

    def render_str(self, text: str, **options: Any) -> Text:
        """Make a text of a string, before its width is measured."""
        return super().render_str(plain(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the pieces of the output, each with a plain text; control codes come only from the console itself."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(plain(segment.text), segment.style)
