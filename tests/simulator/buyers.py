"""What happens in a world, one step after another, drawn by its seed: buyers, time, work, faults, people."""

from django.db import transaction

from tests.simulator.world import PLACES, Kind, World


def step(world: World) -> bool:
    """One step; whether it was a lane's pass alone, which may charge and nothing else."""
    acts = [
        (30, _buy),
        (4, _cancel),
        (18, _send),
        (14, _work),
        (16, _turn),
        (5, _all_work),
        (4, _repeat),
        (4, _receive),
        (4, _restart),
        (6, _arm),
    ]
    outside = [(4, _count_less), (4, _by_hand), (3, _sell_at_zero)] if world.kind is Kind.OUTSIDE else []
    weights, chosen = zip(*acts, *outside, strict=True)
    [act] = world.chance.choices(chosen, weights)
    act(world)
    return act is _send


def _buy(world: World) -> None:
    """Up to three buyers at the same second."""
    for _ in range(world.chance.randint(1, 3)):
        shop, sku, units = world.chance.choice(world.shops), world.chance.choice(list(world.variants)), world.chance.randint(1, 2)
        number = shop.channel.buy(sku, units)
        if number is None:
            continue
        world.says(f"{number} buys {units} {sku}")
        if world.chance.random() < 0.3:
            world.hint(shop, number)


def _cancel(world: World) -> None:
    shop = world.chance.choice(world.shops)
    if numbers := shop.channel.open_orders():
        number = world.chance.choice(numbers)
        shop.channel.cancel(number)
        world.says(f"{number} is canceled")
        if world.chance.random() < 0.3:
            world.hint(shop, number)


def _send(world: World) -> None:
    shop = world.chance.choice(world.shops)
    world.says(f"{shop.channel.name} sends")
    world.sends(shop)


def _work(world: World) -> None:
    shop, work = world.chance.choice(world.shops), world.chance.choice([world.polls, world.follows, world.reads])
    world.says(f"{shop.channel.name} {work.__name__}")
    work(shop)


def _all_work(world: World) -> None:
    world.says("all work")
    world.all_work()


def _turn(world: World) -> None:
    seconds = world.chance.choice([1, 2, 5, 20, 60])
    world.turn(seconds)
    world.says(f"{seconds} s later")


def _repeat(world: World) -> None:
    shop = world.chance.choice(world.shops)
    if shop.channel.orders:
        number = world.chance.choice(list(shop.channel.orders))
        world.says(f"{number} comes again")
        world.repeat(shop, number)


def _receive(world: World) -> None:
    sku, units = world.chance.choice(list(world.variants)), world.chance.randint(1, 6)
    with transaction.atomic():
        world.stocks(sku, world.on_hand(sku) + units)
    world.says(f"{units} {sku} come in")


def _restart(world: World) -> None:
    shop = world.chance.choice(world.shops)
    shop.starts()
    world.says(f"{shop.channel.name}: another process begins")


def _arm(world: World) -> None:
    world.dies_at = world.chance.choice(PLACES)
    world.says(f"the next to come by {world.dies_at} dies")


def _count_less(world: World) -> None:
    sku = world.chance.choice(list(world.variants))
    fewer = max(world.reserved(sku), world.on_hand(sku) - world.chance.randint(1, 5))
    with transaction.atomic():
        world.stocks(sku, fewer)
    world.says(f"{sku} is counted: {fewer}")


def _by_hand(world: World) -> None:
    shop, sku, units = world.chance.choice(world.shops), world.chance.choice(list(world.variants)), world.chance.randint(0, 12)
    shop.channel.by_hand(sku, units)
    world.says(f"{shop.channel.name}: {sku} set to {units} by hand")


def _sell_at_zero(world: World) -> None:
    shop, sku = world.chance.choice(world.shops), world.chance.choice(list(world.variants))
    number = shop.channel.buy(sku, 1, at_zero=True)
    world.says(f"{number} buys 1 {sku} whatever is shown")


def calm(world: World) -> None:
    """No more faults and no more buyers: time passes and everything works, longer than any bound."""
    world.dies_at = ""
    for shop in world.shops:
        shop.channel.lossy = shop.channel.down = 0
    for minutes in (2, 2, 6, 12, 2):
        world.turn(minutes * 60)
        for _ in range(2):
            world.all_work()
    for shop in world.shops:
        world.reads(shop, everything=True)
    for _ in range(6):
        world.turn(120)
        world.all_work()
    world.says("calm")
