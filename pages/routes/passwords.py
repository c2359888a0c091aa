"""Checking passwords, which is slow on purpose, without keeping anybody else waiting.

A check takes 64 MiB and every core there is for a moment. It has threads of its own, few and after
all others in rank; what would wait for long is told to come back, and an address that sends many
wrong passwords waits as a name does that many were tried for.
"""

import asyncio
import ipaddress
import os
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from evalkit.errors import TryLaterError, WrongPasswordError

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

#: Who waits behind so many others waits about two seconds.
LONGEST_QUEUE = 16
#: A person signs in once at a time; several may share an address.
MOST_AT_ONCE = 4
#: So many wrong passwords may come from an address within the seconds.
MOST_WRONG, WRONG_SECONDS = 30, 600
#: More addresses than these are not remembered: the one silent for longest goes first.
_MOST_ADDRESSES = 10_000

BUSY = "Many people are signing in right now. Nothing was checked. Try again in a moment."
TOO_MANY = "Too many wrong passwords came from your address. Try again in a few minutes."


class BusyError(TryLaterError):
    """More passwords wait to be checked than can be in a moment."""


class Desk:
    """Where passwords are checked: a few at a time, a bounded queue, fair by address."""

    def __init__(self, *, n_threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = ThreadPoolExecutor(n_threads, "password", initializer=_stand_back)
        self._most_inside = n_threads + LONGEST_QUEUE
        self._clock = clock
        self._inside: Counter[str] = Counter()
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    async def check(
        self,
        address: str,
        act: Callable[Arguments, Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Return what ``act`` returns; of what it refuses, only a wrong password counts as one.

        Raises a :class:`BusyError` where the queue is full or the address has its share of it, a
        :class:`TryLaterError` where too many wrong passwords came from the address of late.
        """
        self.admit(address)
        self._inside[address] += 1
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, lambda: act(*args, **kwargs))
        except WrongPasswordError:
            self._remember(address)
            raise
        finally:
            self._inside[address] -= 1
            self._inside += Counter()  # drops those that are at zero

    def admit(self, address: str) -> None:
        """Raise what :meth:`check` would raise before it checks anything; takes no time."""
        times = self._wrong.get(address, deque())
        while times and times[0] <= self._clock() - WRONG_SECONDS:
            times.popleft()
        # Those still being checked count: any number at the same moment are not too many by luck.
        if len(times) + self._inside[address] >= MOST_WRONG:
            raise TryLaterError(TOO_MANY)
        if self._inside[address] >= MOST_AT_ONCE or self._inside.total() >= self._most_inside:
            raise BusyError(BUSY)

    def _remember(self, address: str) -> None:
        self._wrong.setdefault(address, deque(maxlen=MOST_WRONG)).append(self._clock())
        self._wrong.move_to_end(address)
        if len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)


def address_of(request: Request) -> str:
    """Return where a request comes from, of IPv6 the network that one household has.

    The server takes the address a proxy forwards from the proxies in FORWARDED_ALLOW_IPS alone.
    """
    address = request.client.host if request.client else ""
    with suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address


def _stand_back() -> None:
    """Let all other threads go first, as far as the system knows ranks of threads (Linux)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, 0, 10)
