from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from lib.providers.embedded.child import listens
from lib.providers.embedded.desk import ACCEPTED, LeaseDesk
from tests.providers.embedded.conftest import until

KEY = "right" * 8


class Served:
    """A desk at work in a thread, with short patience."""

    def __init__(self, *, first_s: float = 5.0) -> None:
        self.engine = True
        self.endings: list[str] = []
        self.desk = LeaseDesk(KEY, first_s=first_s, last_s=0.1, tick_s=0.05)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        self.endings.append(self.desk.serve(lambda: self.engine))
        self.desk.close()

    def ended(self) -> list[str]:
        self.thread.join(5)
        return self.endings


@pytest.fixture
def opened() -> Iterator[Callable[..., socket.socket]]:
    with ExitStack() as stack:

        def open_(served: Served, says: bytes = b"") -> socket.socket:
            address = ("127.0.0.1", served.desk.port)
            made = stack.enter_context(socket.create_connection(address, timeout=5))
            made.sendall(says)
            return made

        yield open_


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.engine = False
    made.ended()


Open = Callable[..., socket.socket]


def test_it_stays_while_one_lease_is_held_and_ends_after_the_last(
    served: Served, opened: Open
) -> None:
    one, two = (opened(served, KEY.encode() + b"\n") for _ in range(2))
    assert one.recv(9) == two.recv(9) == ACCEPTED
    one.close()
    served.thread.join(0.5)
    assert served.endings == []
    two.close()
    assert served.ended() == ["no lease"]


def test_a_key_may_come_in_pieces(served: Served, opened: Open) -> None:
    guest = opened(served, KEY[:7].encode())
    guest.sendall(KEY[7:].encode())
    guest.sendall(b"\n")
    assert guest.recv(9) == ACCEPTED


def test_it_ends_when_no_lease_ever_comes() -> None:
    assert Served(first_s=0.1).ended() == ["no lease"]


def test_it_ends_with_the_engine_though_a_lease_is_held(served: Served, opened: Open) -> None:
    guest = opened(served, KEY.encode() + b"\n")
    assert guest.recv(9) == ACCEPTED
    served.engine = False
    assert served.ended() == ["engine gone"]
    assert guest.recv(9) == b""


@pytest.mark.parametrize("says", [b"wrong\n", b"\n", KEY.encode() + b"x\n", b"x" * 300, b"\xff\n"])
def test_a_wrong_key_hears_nothing_and_is_cut_off(
    served: Served, opened: Open, says: bytes
) -> None:
    guest = opened(served, says)
    with suppress(ConnectionResetError):  # how the system says it, if bytes were left unread
        assert guest.recv(9) == b""


def test_strangers_hold_no_lease_and_do_not_crowd_it() -> None:
    served = Served(first_s=1.0)
    with ExitStack() as stack:
        address = ("127.0.0.1", served.desk.port)
        for _ in range(80):
            stack.enter_context(socket.create_connection(address, timeout=5))
        assert served.ended() == ["no lease"]


def test_a_port_that_refuses_is_known_from_one_that_takes_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(port)
    assert until(lambda: not listens(port))
