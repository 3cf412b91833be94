"""Links that lead out of the site: what is said of those that are right, gone, moved or slow."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nbformat
import pytest

from tools import book
from tools.site.build import Edition
from tools.site.external import Link, ask, report
from tools.site.pages import Page


class Elsewhere(BaseHTTPRequestHandler):
    """A server with a page that is there, one that is gone, one that has moved and one that never comes."""

    closing = threading.Event()

    def do_GET(self):
        status = {"/there": 200, "/moved": 301, "/slow": 200}.get(self.path, 404)
        if self.path == "/slow":
            self.closing.wait()
            return
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/there")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Elsewhere.closing.set()
    server.shutdown()
    server.server_close()


def test_each_link_is_asked_and_said_to_be_what_it_is(elsewhere):
    names = ("there", "moved", "gone", "slow")
    text = "# A page\n\n" + "\n".join(f"- [{name}]({elsewhere}/{name})" for name in names)
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    content.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    page = Page("en", "index", book.ROOT, content)
    patience = {"linkcheck_timeout": 1, "linkcheck_retries": 1}
    links = ask(Edition("en", [page], {"index": []}), patience)
    status = {link.address.rpartition("/")[2]: link.status for link in links}
    assert status == {"there": "working", "moved": "redirected", "gone": "broken", "slow": "timeout"}
    words, fails = report(links)
    assert fails and f"index: {elsewhere}/gone: broken: 404" in words
    assert words.endswith("links: 4, right as they are: 1")


@pytest.mark.parametrize(("status", "fails"), [("working", 0), ("redirected", 0), ("broken", 1), ("timeout", 1)])
def test_broken_and_slow_links_fail_and_no_others(status, fails):
    words, failed = report([Link("05", "https://example.org", status, "why")] * 2)
    assert failed == fails and ("why" in words) == (status != "working") and "links: 1," in words
