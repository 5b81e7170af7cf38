"""The town hall's web site: which address shows which page, and who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.parser import BytesParser
from email.policy import HTTP
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from demo.town_hall import accounts_payable, permit_desk
from demo.town_hall.database import path_in
from demo.town_hall.misbehaviour import answer, ends_session, stall, trouble
from demo.town_hall.pages import Visit, show
from demo.town_hall.sessions import Sessions
from demo.town_hall.switches import SiteFault

COOKIE = "munisuite"
RELOGIN = ("relogin_clerk", "relogin_password")
Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
Upload = tuple[str, bytes]

DESKS: dict[str, Page] = {
    "/welcome": lambda visit: show("welcome.html", clerk=visit.clerk),
    "/ap/voucher": accounts_payable.voucher_page,
    "/ap/find": accounts_payable.find_page,
    "/ap/found": accounts_payable.found_page,
    "/ap/record": accounts_payable.record_page,
    "/bp/permit": permit_desk.permit_page,
    "/bp/find": permit_desk.find_page,
    "/bp/found": permit_desk.found_page,
    "/bp/record": permit_desk.record_page,
    "/bp/attach": permit_desk.attach_page,
    "/bp/file": permit_desk.file_page,
}


def town_site(home: Path, session_seconds: float) -> Starlette:
    """Return the site of the town hall whose data is in ``home``."""
    sessions = Sessions(session_seconds)
    database = path_in(home)
    desks = [
        Route(path, _for_clerks(page, sessions, database), methods=["GET", "POST"]) for path, page in DESKS.items()
    ]
    return Starlette(
        routes=[
            Route("/", _front_door(sessions)),
            Route("/menu", _menu),
            Route("/login", _login(sessions, home), methods=["POST"]),
            Route("/logout", _logout(sessions)),
            *desks,
        ]
    )


def _for_clerks(page: Page, sessions: Sessions, database: Path) -> Endpoint:
    """Guard a page: whose session has ended must retype the password, which replays the request."""

    async def endpoint(request: Request) -> Response:
        try:
            fields, upload = await _fields(request)
        except ClientDisconnect:  # half a request is no request, and there is no one to answer
            return Response(status_code=400)
        path = request.url.path
        token = request.cookies.get(COOKIE, "")
        wrong = trouble(database.parent, path, fields)
        ends_session(wrong, sessions, token)
        if clerk := sessions.clerk(token):
            return await answer(page, Visit(database, clerk, path, fields, upload), wrong)
        request_fields = {name: value for name, value in fields.items() if name not in RELOGIN}
        former = fields.get("relogin_clerk") or sessions.former_clerk(token)
        if not former:
            return show("sign_in.html")
        if wrong.has(SiteFault.REPLAYS_THE_POST):
            sessions.keep(former, partial(page, Visit(database, former, path, request_fields, upload)))
        new = sessions.sign_in(former, fields.get("relogin_password", ""))
        if new is None:
            denied = "relogin_password" in fields
            return show("expired.html", path=path, clerk=former, fields=request_fields, denied=denied)
        response = page(Visit(database, former, path, request_fields))
        response.set_cookie(COOKIE, new, httponly=True)
        return response

    return endpoint


def _front_door(sessions: Sessions) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        signed_in = sessions.clerk(request.cookies.get(COOKIE, ""))
        return show("frames.html" if signed_in else "sign_in.html")

    return endpoint


async def _menu(_request: Request) -> Response:
    return show("menu.html")


def _login(sessions: Sessions, home: Path) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        fields, _ = await _fields(request)
        await stall(trouble(home, "/login", fields))
        token = sessions.sign_in(fields.get("login", ""), fields.get("password", ""))
        if token is None:
            return show("sign_in.html", denied=True)
        response = show("frames.html")
        response.set_cookie(COOKIE, token, httponly=True)
        return response

    return endpoint


def _logout(sessions: Sessions) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        sessions.sign_out(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/")
        response.delete_cookie(COOKIE)
        return response

    return endpoint


async def _fields(request: Request) -> tuple[dict[str, str], Upload | None]:
    """Return the fields of the address and of the form together, where the form's win; and a file that was sent."""
    body, kind = await request.body(), request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        sent, upload = _parts(kind, body)
        return dict(request.query_params) | sent, upload
    return dict(request.query_params) | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)), None


def _parts(kind: str, body: bytes) -> tuple[dict[str, str], Upload | None]:
    """Take apart a form that was sent with a file, as RFC 7578 writes it."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    upload: Upload | None = None
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = bytes(part.get_payload(decode=True) or b"")
        if (file_name := part.get_filename()) is not None:
            upload = (file_name, content)
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, upload
