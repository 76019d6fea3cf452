"""The seller's message queue: at least once, in no promised order, invisible while somebody works on a message.

Source: the Amazon SQS API reference, standard queues.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from entrepot_sandbox.core.clock import Clock

KEPT = timedelta(days=4)
MAX_VISIBILITY_S = 12 * 3600


class BadReceipt(ValueError):
    """The receipt handle does not belong to a message of this queue."""


@dataclass
class Message:
    """One message. `receipt` is of its last delivery; an older one no longer works on it."""

    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    received: int = 0
    first_received_at: datetime | None = None
    receipt: str = ""

    @property
    def md5(self) -> str:
        """The digest the reader checks the body by."""
        return hashlib.md5(self.body.encode(errors="replace"), usedforsecurity=False).hexdigest()


class Queue:
    """One standard queue."""

    def __init__(self, clock: Clock, random: Random, name: str, *, visibility_s: int = 30) -> None:
        self._clock, self._random = clock, random
        self.name = name
        self.visibility_s = visibility_s
        self.created_at = clock.now()
        self._messages: dict[str, Message] = {}

    def send(self, body: str, delay_s: float = 0) -> Message:
        """Put a message in; it can be read after the delay."""
        now = self._clock.now()
        message = Message(self._name(), body, now, now + timedelta(seconds=delay_s))
        self._messages[message.id] = message
        return message

    def receive(self, most: int, visibility_s: int | None = None) -> list[Message]:
        """Take messages that nobody works on; each is hidden for the visibility time."""
        now = self._clock.now()
        self._messages = {key: message for key, message in self._messages.items() if message.sent_at + KEPT > now}
        visible = [message for message in self._messages.values() if message.visible_at <= now]
        taken = sorted(visible, key=lambda message: message.visible_at)[:most]
        hidden = timedelta(seconds=self.visibility_s if visibility_s is None else visibility_s)
        for message in taken:
            message.received += 1
            message.first_received_at = message.first_received_at or now
            message.receipt = f"{message.id}#{self._name()}"
            message.visible_at = now + hidden
        return taken

    def delete(self, receipt: str) -> None:
        """Remove the message of that receipt; one that is gone already, or was given out again, is left alone.

        Raises: BadReceipt.
        """
        message = self._by(receipt)
        if message is not None and message.receipt == receipt:
            del self._messages[message.id]

    def hide(self, receipt: str, visibility_s: int) -> None:
        """Hide a message for so long from now; 0 gives it back.

        Raises: BadReceipt.
        """
        message = self._by(receipt)
        if message is None or message.receipt != receipt:
            raise BadReceipt(receipt)
        message.visible_at = self._clock.now() + timedelta(seconds=visibility_s)

    def counts(self) -> tuple[int, int, int]:
        """How many messages can be read, are being worked on, and are still delayed."""
        now = self._clock.now()
        waiting = [message for message in self._messages.values() if message.visible_at > now]
        worked_on = sum(1 for message in waiting if message.received)
        return len(self._messages) - len(waiting), worked_on, len(waiting) - worked_on

    def purge(self) -> None:
        """Remove every message."""
        self._messages.clear()

    def _by(self, receipt: str) -> Message | None:
        key, mark, _ = receipt.partition("#")
        if not mark:
            raise BadReceipt(receipt)
        return self._messages.get(key)

    def _name(self) -> str:
        number = f"{self._random.getrandbits(128):032x}"
        return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"
