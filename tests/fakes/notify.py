"""A fake of GOV.UK Notify: a real HTTP server that checks what the service checks and answers in its words.

What it checks and says is from Notify's API documentation and its own client; the contract test holds both equal.
"""

import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

SECONDS_OFF = 30
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PLACES = re.compile(r"\(\((.+?)\)\)")


class NotifyService:
    """One service of Notify with one template; `messages` has what it took, `answers` what it says next instead."""

    def __init__(self) -> None:
        self.service_id, self.secret = str(uuid.uuid4()), str(uuid.uuid4())
        self.template_id = str(uuid.uuid4())
        self.template = {"subject": "((subject))", "body": "((body))"}
        self.messages: list[dict] = []
        # Status, kind of error and sentence, each once.
        self.answers: list[tuple[int, str, str]] = []
        self.url = ""

    @property
    def key(self) -> str:
        """An API key as Notify hands it out: a name, the service, the secret."""
        return f"registry-{self.service_id}-{self.secret}"

    def answer(self, authorisation: str, sent: bytes) -> tuple[int, dict]:
        """The answer to a request to send an e-mail."""
        refused = self._refusal(authorisation)
        if refused is None and self.answers:
            refused = self.answers.pop(0)
        if refused is None:
            request = json.loads(sent)
            if problems := _problems(request):
                return 400, _errors(400, *(("ValidationError", problem) for problem in problems))
            refused = self._mismatch(request)
        if refused is not None:
            status, kind, said = refused
            return status, _errors(status, (kind, said))
        content = {
            name: PLACES.sub(lambda place: str(request["personalisation"][place[1]]), text)
            for name, text in self.template.items()
        }
        self.messages.append(request | {"content": content})
        return 201, {
            "id": str(uuid.uuid4()),
            "reference": request.get("reference"),
            "content": content
            | {"from_email": "registry@notifications.service.gov.uk", "one_click_unsubscribe_url": None},
            "uri": f"{self.url}/v2/notifications/{uuid.uuid4()}",
            "template": {"id": self.template_id, "version": 1, "uri": f"{self.url}/v2/template/{self.template_id}"},
            "scheduled_for": None,
        }

    def _refusal(self, authorisation: str) -> tuple[int, str, str] | None:
        scheme, _, token = authorisation.partition(" ")
        if not token:
            return 401, "AuthError", "Unauthorized: authentication token must be provided"
        if scheme != "Bearer":
            return 401, "AuthError", "Unauthorized: authentication bearer scheme must be used"
        try:
            claims = jwt.decode(token, options={"verify_signature": False}, algorithms=["HS256"])
        except jwt.PyJWTError:
            return 403, "AuthError", "Invalid token: signature, api token is not valid"
        if claims.get("iss") != self.service_id:
            return 403, "AuthError", "Invalid token: service not found"
        try:
            jwt.decode(token, self.secret, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.PyJWTError:
            return 403, "AuthError", "Invalid token: API key not found"
        if "iat" not in claims or abs(time.time() - int(claims["iat"])) > SECONDS_OFF:
            return 403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"
        return None

    def _mismatch(self, request: dict) -> tuple[int, str, str] | None:
        if request["template_id"] != self.template_id:
            return 400, "BadRequestError", "Template not found"
        asked = {name for text in self.template.values() for name in PLACES.findall(text)}
        if missing := sorted(asked - request.get("personalisation", {}).keys()):
            return 400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}"
        return None


def _problems(request: dict) -> list[str]:
    problems = [f"{name} is a required property" for name in ("email_address", "template_id") if not request.get(name)]
    if problems:
        return problems
    if not ADDRESS.fullmatch(request["email_address"]):
        problems.append("email_address Not a valid email address")
    try:
        uuid.UUID(request["template_id"])
    except ValueError:
        problems.append("template_id is not a valid UUID")
    return problems


def _errors(status: int, *errors: tuple[str, str]) -> dict:
    return {"errors": [{"error": kind, "message": said} for kind, said in errors], "status_code": status}


@contextmanager
def notify_service(settings) -> Iterator[NotifyService]:
    """Runs the service in a thread and has our messages leave by it."""
    service = NotifyService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path == "/v2/notifications/email"
            status, said = service.answer(self.headers.get("Authorization", ""), sent) if known else (404, {})
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format, *arguments):  # noqa: A002 (its own name)
            """Nothing: the tests look at the answers."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID = service.key, service.template_id
    settings.NOTIFY_BASE_URL = service.url
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
