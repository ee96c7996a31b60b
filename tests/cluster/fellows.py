"""What stands between the nodes of a cluster: a door for each node, through which its fellows reach it. It hears what they
ask and are answered, and can spoil it."""

import http.client
import http.server
import threading

ASKING = "/v1/shards/ask"


class Fellow:
    """The door of one node. `spoil(number, answer) -> answer` is asked for each question, counted from 1; None: as it is.
    An answer is (status, body), or None: the connection breaks."""

    def __init__(self):
        self.node, self.spoil = None, None
        self.heard = []  # (question, answer)
        self.lock = threading.Lock()
        fellow = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize, disable_nagle_algorithm = -1, True

            def do_POST(self):
                question = self.rfile.read(int(self.headers["content-length"]))
                answer = fellow.pass_on(question)
                if answer is None:
                    self.close_connection = True
                    return
                status, body = answer
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = "127.0.0.1:%d" % self.server.server_address[1]

    def pass_on(self, question):
        answer = ask(self.node, question)
        with self.lock:
            self.heard.append((question, answer))
            number = len(self.heard)
        return self.spoil(number, answer) if self.spoil else answer

    def listen(self):
        """From now on, unspoilt."""
        with self.lock:
            self.heard, self.spoil = [], None

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def ask(node, question):
    """-> (status, body) of the node itself; None: it does not answer."""
    connection = http.client.HTTPConnection(*node.address, timeout=10)
    try:
        connection.request("POST", ASKING, question, {"content-type": "application/octet-stream"})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
