"""The desk where passwords are checked: few at a time, a bounded queue, fair by address."""

import asyncio
import threading

import pytest
from starlette.requests import Request

from evalkit.errors import RefusedError, TryLaterError, WrongPasswordError
from pages.routes import passwords
from pages.routes.passwords import BusyError, Desk


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Check:
    """A check of a password that ends when it is let go on."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.lock = threading.Lock()
        self.n_now = self.n_most = self.n_all = 0

    def __call__(self) -> str:
        with self.lock:
            self.n_all += 1
            self.n_now += 1
            self.n_most = max(self.n_most, self.n_now)
        self.may_end.wait(30)
        with self.lock:
            self.n_now -= 1
        return "right"


def wrong() -> None:
    raise WrongPasswordError("This name and password do not go together.")


async def many(desk: Desk, check: Check, addresses: list[str]) -> list[object]:
    """Let everybody come at once, then the checks end; give what each got."""
    tasks = [asyncio.ensure_future(desk.check(address, check)) for address in addresses]
    await asyncio.sleep(0)  # everybody is in the queue or sent away
    check.may_end.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_a_crowd_beyond_the_queue_is_told_to_come_back_and_nothing_is_checked_for_it():
    check = Check()

    got = asyncio.run(many(Desk(n_threads=2), check, [f"10.0.0.{n}" for n in range(60)]))

    n_admitted = 2 + passwords.LONGEST_QUEUE
    assert got[:n_admitted] == ["right"] * n_admitted
    assert {type(answer) for answer in got[n_admitted:]} == {BusyError}
    assert (check.n_all, check.n_most <= 2) == (n_admitted, True)


def test_one_address_has_a_share_of_the_queue_and_leaves_the_rest_to_others():
    crowd = ["10.0.0.1"] * 60

    got = asyncio.run(many(Desk(n_threads=1), Check(), [*crowd, "10.0.0.2"]))

    assert got.count("right") == passwords.MOST_AT_ONCE + 1
    assert got[-1] == "right"


def test_the_queue_is_free_again_when_the_checks_are_done():
    async def twice() -> list[object]:
        desk = Desk(n_threads=1)
        addresses = ["10.0.0.1"] * passwords.MOST_AT_ONCE
        return [*await many(desk, Check(), addresses), *await many(desk, Check(), addresses)]

    assert asyncio.run(twice()) == ["right"] * 2 * passwords.MOST_AT_ONCE


def test_an_address_with_many_wrong_passwords_waits_and_others_do_not():
    async def story() -> None:
        clock = Clock()
        desk = Desk(n_threads=1, clock=clock)
        for _ in range(passwords.MOST_WRONG):
            with pytest.raises(RefusedError, match="do not go together"):
                await desk.check("10.0.0.1", wrong)
        with pytest.raises(TryLaterError, match="from your address"):
            await desk.check("10.0.0.1", lambda: "right")
        assert await desk.check("10.0.0.2", lambda: "right") == "right"
        clock.now += passwords.WRONG_SECONDS
        assert await desk.check("10.0.0.1", lambda: "right") == "right"

    asyncio.run(story())


def test_what_is_refused_for_another_reason_is_no_wrong_password_of_the_address():
    def refuse() -> None:
        raise RefusedError("The two passwords differ. Type the same one twice.")

    async def story() -> str:
        desk = Desk(n_threads=1)
        for _ in range(passwords.MOST_WRONG + 1):
            with pytest.raises(RefusedError, match="differ"):
                await desk.check("10.0.0.1", refuse)
        return await desk.check("10.0.0.1", lambda: "right")

    assert asyncio.run(story()) == "right"


def test_right_passwords_of_a_whole_office_are_never_too_many():
    async def story() -> list[str]:
        desk = Desk(n_threads=1)
        return [await desk.check("10.0.0.1", lambda: "right") for _ in range(100)]

    assert asyncio.run(story()) == ["right"] * 100


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_an_address_is_a_machine_or_a_household(client, expected):
    scope = {"type": "http", "client": client and (client, 1)}

    assert passwords.address_of(Request(scope)) == expected
