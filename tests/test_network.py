"""What comes between a reader and the network: sources of the reader's own, slow lines, proxies.

Each ends with the right data, or with one clear error. A server on this machine plays them all (``small.py``).
"""

import re
import socket

import pytest
from requests.exceptions import InvalidSchema
from small import BIG, is_right, nobody, put, socks_proxy

from book_utils.fashion_mnist import download, files
from book_utils.fashion_mnist.files import fashion_mnist_root

# The reader's own sources.


@pytest.mark.parametrize("between", [" ", "\n", " \n\t"])
def test_the_readers_sources_are_asked_first(world, monkeypatch, between):
    world.use("real", "good")
    own = between.join([nobody(), world.server.source("chunked").rstrip("/")])
    monkeypatch.setenv("BOOK_UTILS_SOURCES", own)
    assert is_right(fashion_mnist_root())
    assert {behaviour for behaviour, _ in world.server.asked} == {"chunked"}


@pytest.mark.parametrize("fault", ["flipped", "silent", "html", "404", "big_flipped", "big_silent"])
def test_the_readers_sources_are_trusted_no_more_than_others(world, monkeypatch, fault):
    world.use("real", "good")
    monkeypatch.setenv("BOOK_UTILS_SOURCES", world.server.source(fault))
    assert is_right(fashion_mnist_root()) and ("good", BIG) in world.server.asked


def test_the_readers_sources_are_named_without_the_password(world, monkeypatch):
    world.use("real", "404")
    monkeypatch.setenv("BOOK_UTILS_SOURCES", world.server.source("500").replace("//", "//me:secret@"))
    message = world.fails("500 Internal Server Error(?s:.)*404 Not Found")
    assert world.server.source("500") in message and "secret" not in message


@pytest.mark.parametrize("choice", ["auto", "real", "standin"])
@pytest.mark.parametrize(
    "value",
    [
        "example.org/data",
        "ftp://example.org/data/",
        "/home/me/data",
        "http://",
        "http://example.org:port/",
        "https://[::1/",
        '"https://example.org/"',
        "https://example.org/, https://example.net/",
        "https://example.org/,https://example.net/",
    ],
)
def test_what_is_no_address_is_named(world, monkeypatch, choice, value):
    put(world.own)  # though the data are there: who sets a variable wrongly wants to know
    world.use(choice)
    monkeypatch.setenv("BOOK_UTILS_SOURCES", f"http://example.org/ {value}")
    with pytest.raises(ValueError, match="BOOK_UTILS_SOURCES must hold addresses of folders, like .*is none") as error:
        fashion_mnist_root()
    assert repr(value.split()[0]) in str(error.value)


@pytest.mark.parametrize("value", ["https://me:secret@example.org:port/", "me:sec@ret@example.org"])
def test_a_password_is_not_repeated(world, monkeypatch, value):
    monkeypatch.setenv("BOOK_UTILS_SOURCES", value)
    with pytest.raises(ValueError, match="example.org.* is none") as error:
        fashion_mnist_root()
    assert not {"me", "sec", "ret"} & {*re.split(r"\W", str(error.value))} and "secret" not in str(error.value)


def test_an_address_may_hold_another(world, monkeypatch):
    """Some mirrors are called so."""
    assert files._addresses("https://mirror.example/https://example.org/a,b") == (
        "https://mirror.example/https://example.org/a,b/",
    )


# Slow networks.


@pytest.fixture
def pace(world, monkeypatch):
    """Return a function that sets the sources, and then how patient we are. Files that take a second are big here."""

    def pace(*behaviours: str, **constants: float) -> None:
        world.use("real", *behaviours)
        for name, value in {"PATIENCE": 0.5, "STALLED": 5.0, "LONGEST": 30.0, **constants}.items():
            monkeypatch.setattr(download, name, value)

    return pace


@pytest.mark.parametrize("behaviour", ["steady", "plodding", "late", "breaking", "failing"])
def test_a_slow_source_alone_is_not_given_up(world, pace, behaviour):
    pace(behaviour)
    assert is_right(fashion_mnist_root())


def test_a_slow_beginning_is_no_reason_to_give_a_source_up(world, pace):
    """At the rate of the first moment the big file would take longer than everything may."""
    pace("hesitating")
    assert is_right(fashion_mnist_root())


def test_an_interrupt_leaves_whole_files_only_and_no_lock(world, pace, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    pace("good")
    beat = files._beat
    monkeypatch.setattr(files, "_beat", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fashion_mnist_root()
    assert world.left_behind() == []
    monkeypatch.setattr(files, "_beat", beat)
    assert is_right(fashion_mnist_root()) and (world.own / "fetching").exists()


def test_what_has_come_is_not_asked_for_again(world, pace):
    pace("breaking")
    fashion_mnist_root()
    assert [begin for name, begin in world.server.begun if name == BIG] == [0, 3000, 6000, 9000]


def test_if_all_are_slow_it_is_the_fastest_that_delivers(world, pace):
    pace("slower", "steady")
    assert is_right(fashion_mnist_root())
    assert [behaviour for behaviour, name in world.server.asked if name == BIG][-1] == "steady"


def test_a_slow_source_gives_way_to_a_fast_one(world, pace):
    pace("steady", "second")
    assert is_right(fashion_mnist_root())
    assert [behaviour for behaviour, name in world.server.asked if name == BIG] == ["steady", "second"]


@pytest.mark.parametrize("other", ["ranges", "unsatisfied"])
def test_a_good_source_is_not_blamed_for_what_another_has_sent(world, pace, other):
    pace("misleading", other)
    assert is_right(fashion_mnist_root())


def test_a_source_that_would_take_too_long_is_given_up(world, pace):
    pace("slower", LONGEST=0.8)
    world.fails("train-images-idx3-ubyte.gz: too slow: .* bytes per second")


def test_a_source_that_breaks_at_the_same_place_each_time_is_given_up(world, pace):
    pace("big_cut", STALLED=0.2)
    world.fails("train-images-idx3-ubyte.gz: the connection broke off")
    assert world.server.times(BIG) > 1  # but not at once


@pytest.mark.linux
def test_a_network_that_drops_everything_is_soon_given_up(world, pace, monkeypatch):
    """With a queue of none that is full, a port drops who knocks. Who waited for more than PATIENCE would not end."""
    with socket.socket() as full, socket.socket() as first:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        pace(STALLED=1000.0)
        monkeypatch.setattr(files, "SOURCES", (f"http://127.0.0.1:{full.getsockname()[1]}/",))
        world.fails("no answer")


# Proxies.


@pytest.fixture
def proxied(world, monkeypatch):
    """Return a function that sets proxies; only a proxy knows the host that has the data."""

    def proxied(source: str = "http://publisher.invalid/good/", **proxies: str) -> None:
        world.use("real", sources=[source])
        for name, address in proxies.items():
            monkeypatch.setenv(name, address.format(world.server.server_port))

    return proxied


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:{}", "127.0.0.1:{}"])
def test_a_proxy_is_used(proxied, name, address):
    proxied(**{name: address})
    assert is_right(fashion_mnist_root())


def test_a_proxy_gets_name_and_password(proxied):
    proxied("http://publisher.invalid/guarded/", http_proxy="http://me:secret@127.0.0.1:{}")
    assert is_right(fashion_mnist_root())


def test_what_needs_no_proxy_gets_none(world, proxied):
    proxied(world.server.source("good"), http_proxy=nobody(), no_proxy="127.0.0.1")
    assert is_right(fashion_mnist_root())


GUARDED = "http://publisher.invalid/guarded/"
PROXIES = {
    "unreachable": ("http_proxy", nobody(), "http://a.invalid/good/", r"the proxy 127.0.0.1:\d+ cannot be reached"),
    "unreachable, SOCKS": (
        "all_proxy",
        nobody().replace("http", "socks5"),
        "http://a.invalid/good/",
        "cannot be reached",
    ),
    "no password": (
        "http_proxy",
        "http://127.0.0.1:{0}",
        GUARDED,
        "wants a name and a password.* http://NAME:PASSWORD@127",
    ),
    "wrong password": ("http_proxy", "http://you:secret@127.0.0.1:{0}", GUARDED, "wants a name and a password"),
    "https, password": ("https_proxy", "http://you:secret@127.0.0.1:{0}", "https://407.invalid/", "wants a name and a"),
    "https, forbidden": (
        "https_proxy",
        "http://127.0.0.1:{0}",
        "https://403.invalid/",
        r"127.0.0.1:\d+ answered 403 F",
    ),
    "https, no way": ("https_proxy", "http://127.0.0.1:{0}", "https://502.invalid/", r"127.0.0.1:\d+ answered 502 B"),
    "TLS": ("https_proxy", "https://127.0.0.1:{0}", "https://403.invalid/", "must look like http://HOST:PORT or"),
    "no port": ("http_proxy", "http://127.0.0.1:port", "http://a.invalid/good/", "must look like http://HOST:PORT"),
    "no host": ("http_proxy", "http://", "http://a.invalid/good/", "must look like http://HOST:PORT"),
    "SOCKS of no version": (
        "all_proxy",
        "socks://127.0.0.1:{0}",
        "http://a.invalid/good/",
        "like .* socks5://HOST:PORT",
    ),
    "no SOCKS": (
        "all_proxy",
        "socks5h://127.0.0.1:{0}",
        "http://a.invalid/good/",
        "the proxy 127.0.0.1:.* cannot get there",
    ),
}


@pytest.mark.parametrize("case", PROXIES.values(), ids=PROXIES)
def test_a_proxy_that_does_not_help_is_named_without_the_password(world, proxied, case):
    name, address, source, reason = case
    proxied(source, **{name: address})
    assert "secret" not in world.fails(reason)


@pytest.mark.parametrize(("guarded", "user"), [(False, ""), (True, "me:secret@")])
def test_a_socks_proxy_is_used(world, proxied, guarded, user):
    with socks_proxy(world.server, guarded) as proxy:
        proxied(ALL_PROXY=f"socks5h://{user}127.0.0.1:{proxy.server_address[1]}")
        assert is_right(fashion_mnist_root()) and set(proxy.hosts) == {"publisher.invalid"}


@pytest.mark.parametrize("user", ["", "you:secret@"])
def test_a_socks_proxy_that_wants_a_password_says_so(world, proxied, user):
    with socks_proxy(world.server, guarded=True) as proxy:
        proxied(ALL_PROXY=f"socks5h://{user}127.0.0.1:{proxy.server_address[1]}")
        assert "secret" not in world.fails("wants a name and a password: .* socks5h://NAME:PASSWORD@127.0.0.1")


def test_a_socks_proxy_without_the_package_for_it_names_the_package(world, proxied, monkeypatch):
    def missing(*args, **kwargs):
        raise InvalidSchema("Missing dependencies for SOCKS support.")  # what requests puts in its place

    monkeypatch.setattr("requests.adapters.SOCKSProxyManager", missing)
    proxied(all_proxy="socks5://127.0.0.1:{}")
    world.fails(r'a SOCKS proxy is set, which needs one more package: pip install "requests\[socks\]"')
