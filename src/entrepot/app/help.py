"""``entrepot help``: our own commands first, one line each, in the order in which a newcomer needs them."""

OURS = (
    ("demo", "try everything: two sandbox marketplaces, a sample seller, buyers; nothing is kept outside this machine"),
    ("init", "set up a real installation: currency, time zone, the first owner"),
    ("up", "start it on this machine: database, web and worker in one terminal"),
    ("import", "products or past orders from a CSV or XLSX file"),
    ("summary", "sales per channel and market: last hour, day and 7 days"),
    ("accounts", "the channel accounts and how they are doing"),
    ("explain", "why a number is what it is: what may be promised, what a channel shows"),
    ("recall", "delist SKUs everywhere"),
    ("verify", "recompute every invariant: ledger, reservations, totals, receipts"),
    ("user", "people who sign in: make them, give a role, a new password"),
    ("token", "tokens of the REST API"),
    ("web", "one web process (several may run, on any host)"),
    ("worker", "one worker process (several may run, on any host)"),
    ("sandbox", "the sandbox marketplaces alone, to try your own program against"),
    ("migrate", "bring the database up to this version"),
)


def first_help() -> str:
    """What ``entrepot`` and ``entrepot help`` print."""
    width = max(len(name) for name, _ in OURS)
    lines = [f"  {name.ljust(width)}  {what}" for name, what in OURS]
    return "\n".join(
        [
            "Entrepot: one product entry, one stock, every marketplace, no unit sold twice.",
            "",
            "entrepot COMMAND [OPTIONS]",
            "",
            *lines,
            "",
            "entrepot COMMAND --help says what a command takes.",
            "Everything is kept in one folder (ENTREPOT_HOME names another). Any Django command works too: entrepot help --commands",
        ]
    )
