"""A plot of a few lines as an SVG, by its own means: axes of powers, one colour a line, a legend."""

import html
import math

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 160, 40, 50
COLOURS = ("#d33", "#36c", "#888")


def ticks(low, high, base):
    """The powers of `base` from `low` to `high`, both covered."""
    first, last = math.floor(math.log(low, base) + 1e-9), math.ceil(math.log(high, base) - 1e-9)
    return [base ** exponent for exponent in range(first, max(last, first + 1) + 1)]


def short(value):
    for limit, unit in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{unit}"
    return f"{value:g}"


def svg(title, across, upwards, lines, linear=False):
    """`lines`: {name: [(x, y), ...]}; x runs in powers of 2 or 10, y in powers of 10 or linearly."""
    xs = [x for line in lines.values() for x, _ in line]
    ys = [y for line in lines.values() for _, y in line]
    x_ticks = ticks(min(xs), max(xs), 10 if max(xs) / min(xs) > 1000 else 2)
    if linear:
        step = 10 ** math.floor(math.log10(max(ys)))
        y_ticks = [step * n for n in range(0, math.ceil(max(ys) / step) + 1)]
    else:
        y_ticks = ticks(min(ys), max(ys), 10)

    def place_x(x):
        part = math.log(x / x_ticks[0]) / math.log(x_ticks[-1] / x_ticks[0])
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def place_y(y):
        part = (y / y_ticks[-1] if linear
                else math.log(y / y_ticks[0]) / math.log(y_ticks[-1] / y_ticks[0]))
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def text(x, y, what, anchor="middle", more=""):
        return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{more}>'
                f"{html.escape(what)}</text>")

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           text(WIDTH / 2, 22, title, more=' font-size="15"'),
           text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across),
           text(18, HEIGHT / 2, upwards, more=f' transform="rotate(-90 18 {HEIGHT / 2:.0f})"')]
    for x in x_ticks:
        out += [f'<path d="M{place_x(x):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>',
                text(place_x(x), HEIGHT - BOTTOM + 16, short(x))]
    for y in y_ticks:
        out += [f'<path d="M{LEFT} {place_y(y):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                text(LEFT - 6, place_y(y) + 4, short(y), "end")]
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in line)
        row = TOP + 20 * number + 10
        out += [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
                f'<path d="M{WIDTH - RIGHT + 12} {row}h24" stroke="{colour}" stroke-width="2"/>',
                text(WIDTH - RIGHT + 42, row + 4, name, "start")]
    return "\n".join([*out, "</svg>"]) + "\n"
