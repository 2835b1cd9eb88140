"""What nearly every notebook does first, done once in the template: it fills caches and loads what loads at first use.

Nothing of it may leave a trace that a notebook could see: no figure, no setting, no number drawn.
"""

from __future__ import annotations

import io

__all__ = ["FIRST_STEPS"]


def draw_a_chart() -> None:
    """Axes, text, a bar and a line, as PNG and as SVG: fonts are looked up, ticks and transforms are loaded."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        figure = Figure()
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.bar(["a", "b"], [1, 2])
        axes.plot([0, 1], [1, 2])
        axes.set_title("a")
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)


def show_a_table() -> None:
    """A table as text and as HTML."""
    import pandas as pd

    frame = pd.DataFrame({"a": [1.5, 2.0], "b": ["x", "y"], "c": pd.to_datetime(["2013-05-01", "2013-05-02"])})
    frame._repr_html_()
    repr(frame.groupby("b")["a"].sum().sort_values())


FIRST_STEPS = (draw_a_chart, show_a_table)
