"""Repeating: a take's frames once more, by its own seeds, controls and places in batches, bit for bit."""

from __future__ import annotations

from engine.controls import ControlHistory
from engine.moment import Frame, Moment, Pen, with_rows, write
from engine.request import Place
from engine.take import Take


def repeated(
    pen: Pen, moment: Moment, at: Place, take: Take, history: ControlHistory
) -> tuple[Frame, Pen, Moment, Place]:
    """The moment's frame of ``take``, which has the place ``at`` in the moment's batch, and where writing goes on.

    The other rows of the batch are this take too. Where the take has another place from here on, it goes there.
    """
    place = take.place_at(moment.frame)
    if place != at:
        pen, moment = with_rows(pen, moment, [at.row] * place.rows)
    controls, seeds = [history.at(moment.frame)] * place.rows, [take.seed_at(moment.frame)] * place.rows
    briefs = [take.brief_at(moment.frame)] * place.rows
    frames, moment = write(pen, moment, controls, controls, seeds, briefs, lambda: 0.0)
    return frames[place.row], pen, moment, place
