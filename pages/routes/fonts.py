"""The font that mathematics is set in: STIX Two Math, of which the LaTeX we set has need."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

#: A part of the font with its tables for mathematics, made by pyftsubset (fontTools); its licence
#: lies beside it. Many systems have no such font, and browsers draw no root sign without one.
MATHEMATICS = Path(__file__).parent / "mathematics.woff2"


async def _mathematics(_request: Request) -> FileResponse:
    return FileResponse(MATHEMATICS, headers={"Cache-Control": "max-age=86400"})


ROUTES = [Route("/mathematics.woff2", _mathematics)]
