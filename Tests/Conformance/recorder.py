"""A loopback relay that keeps every request and answer that passes through it."""

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

# They describe one connection, not the message.
CONNECTION_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """One request with its answer; header names are in lower case."""

    method: str
    path: str
    query: list
    request_headers: dict
    request_body: bytes
    status: int
    headers: dict
    body: bytes

    def __str__(self):
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{'?' + query if query else ''} -> {self.status}"


class Recorder:
    """Relays `url` to the sandbox at `target` and records what it saw."""

    def __init__(self, target):
        self._target = urlsplit(target)
        self._lock = threading.Lock()
        self._exchanges = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def count(self):
        with self._lock:
            return len(self._exchanges)

    def since(self, index):
        """What was recorded after the first `index` exchanges."""
        with self._lock:
            return list(self._exchanges[index:])

    def keep(self, exchange):
        with self._lock:
            self._exchanges.append(exchange)

    def relay(self, method, target, headers, body):
        connection = http.client.HTTPConnection(
            self._target.hostname, self._target.port, timeout=60
        )
        try:
            connection.request(method, target, body=body or None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _handler(recorder):
        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in CONNECTION_HEADERS
                }
                status, answered, content = recorder.relay(
                    self.command, self.path, headers, body
                )
                parts = urlsplit(self.path)
                # Kept before the client can see the answer: no test ends with one missing.
                recorder.keep(
                    Exchange(
                        self.command,
                        unquote(parts.path),
                        parse_qsl(parts.query, keep_blank_values=True),
                        {name.lower(): value for name, value in headers.items()},
                        body,
                        status,
                        {name.lower(): value for name, value in answered},
                        content,
                    )
                )
                self.send_response_only(status)
                for name, value in answered:
                    if name.lower() not in CONNECTION_HEADERS:
                        self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

            def log_message(self, format, *arguments):
                pass

        return Relay
