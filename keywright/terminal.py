"""The one door to the terminal: what documents, file names, screens and people say steers no terminal.

What is printed goes through ``guard_terminal``, which writes control characters out, as JSON would. Colours and
progress bars come from a ``Screen`` alone: it writes out the same characters in all texts and takes none for markup.
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
    """A text stream that writes out what could steer a terminal; all else is the stream's that it stands before."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text; the length is that of the text as it was handed in."""
        self.stream.write(plain(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one text after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard_terminal() -> None:
    """Let all that this process prints, logs, or says in its last trace, go through the door from here on."""
    sys.stdout, sys.stderr = Guarded(sys.stdout), Guarded(sys.stderr)


def words(text: str, style: str = "") -> Text:
    """Return a text for a screen, in a style. It is written out now, so that a table measures what it will show."""
    return Text(plain(text), style=style)


class Screen(Console):
    """A console whose colours are its own, and whose texts are only texts: brackets, emoji codes and escapes too."""

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
        """Yield the pieces of what is shown, each with a plain text; what steers comes from the console itself."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(plain(segment.text), segment.style)
