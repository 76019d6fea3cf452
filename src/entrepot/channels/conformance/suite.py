"""Runs the checks and adds up the level."""

import os
from collections.abc import Iterable

from django.conf import ENVIRONMENT_VARIABLE, settings

from entrepot.channels.conformance import complete, reads_orders, sells, sells_safely
from entrepot.channels.conformance.report import Report, Result
from entrepot.channels.conformance.trial import CHECKS, Check, Failed, Trial
from entrepot.channels.conformance.world import World
from entrepot.channels.contract import ChannelError, Connector

CHAPTERS = (reads_orders, sells, sells_safely, complete)  # importing them registers their checks


def run(connector: Connector, world: World, only: Iterable[Check] | None = None) -> Report:
    """Every check, each in a fresh shop with a newly opened account. A failing check is a result, never an exception.

    A broken world (the control plane does not answer) is raised: it says nothing about the connector.
    """
    if not settings.configured and ENVIRONMENT_VARIABLE not in os.environ:
        settings.configure(USE_I18N=False)  # a connector's author has no settings, and refused amounts speak through gettext
    return Report(connector.name, [result_of(each, connector, world) for each in (only or checks())])


def checks() -> list[Check]:
    return list(CHECKS)


def result_of(each: Check, connector: Connector, world: World) -> Result:
    try:
        each.run(Trial(connector, world))
    except Failed as seen:
        return Result(each.level, each.name, str(seen))
    except ChannelError as no:
        return Result(each.level, each.name, f"{type(no).__name__} was raised: {no}")
    except (AttributeError, NotImplementedError, TypeError) as missing:
        return Result(each.level, each.name, f"{type(missing).__name__}: {missing}")
    return Result(each.level, each.name)
