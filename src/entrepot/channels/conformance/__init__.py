"""The conformance suite: which level a connector really holds, found by using it against a marketplace that can be told to fail.

``run(connector, world)`` gives a ``Report``; a level is never claimed by hand. ``SandboxWorld`` is the world of the sandbox
marketplaces' control plane; any other marketplace with such a plane works by its own ``World``.
"""

from entrepot.channels.conformance.report import Level, Report, Result
from entrepot.channels.conformance.suite import run
from entrepot.channels.conformance.world import SandboxWorld, Shown, Sold, World

__all__ = ["Level", "Report", "Result", "SandboxWorld", "Shown", "Sold", "World", "run"]
