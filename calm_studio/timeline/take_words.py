"""What the header of a take says. No Qt in here."""

from html import escape

from calm_studio import theme
from calm_studio.values import Lane, Scores
from engine.take import Take

STATES = {"writing": "generating\N{HORIZONTAL ELLIPSIS}", "finished": "", "stopped": "stopped", "failed": "failed"}


def describe(lane: Lane, colour: str, brief: bool = False, parent: Lane | None = None) -> str:
    """The header of a take: name in `colour`, sampler, temperatures, seed, origin and what is happening to it; the
    controls are left out if `brief`. `parent` is the take that it branches off, while that is there."""
    take, controls = lane.take, lane.take.request.controls
    how = [
        f"TrigFlow {controls.steps}" if controls.sampler == "trigflow" else f"{controls.steps}-step",
        f"temp {_temperatures(take)}",
    ]
    origin = origin_words(lane, parent)
    parts = [
        f"<b style='color:{colour}'>{escape(lane.called)}</b>",
        f"<b style='color:{theme.RED}'>{alarm_words(lane)}</b>" if lane.alarm else "",
        *([] if brief else how),
        f"seed {take.request.seed}",
        f"<span style='color:{theme.VIOLET}'>{origin}</span>" if origin else "",
        f"variation {lane.variation.number}" if lane.variation else "",
        "muted" if lane.marks.muted else "",
        STATES[take.state],
    ]
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def origin_words(lane: Lane, parent: Lane | None = None) -> str:
    """Where a take comes from that was not continued from the shelf; in rich text."""
    if lane.note or lane.branch is None:
        return escape(lane.note)
    name = lane.branch.lane if parent is None else parent.called
    return f"branched from {escape(name.removeprefix('Take '))} at {lane.branch.seconds:.1f} s"


def alarm_words(lane: Lane) -> str:
    """Such as "stuck from 31.2 s"."""
    return f"{lane.alarm.kind} from {lane.offset + lane.alarm.sample / lane.take.rate:.1f} s"


def score_words(scores: Scores | None) -> str:
    """Such as "seam 92 \N{MIDDLE DOT} like prompt 61 \N{MIDDLE DOT} like training 12"."""
    if scores is None:
        return ""
    parts = [f"seam {scores.seam.total:.0f}"]
    if scores.to_prompt is not None:
        parts.append(f"like prompt {scores.to_prompt:.0f}")
    if scores.to_training is not None:
        parts.append(f"like training {scores.to_training:.0f}")
    return " \N{MIDDLE DOT} ".join(parts)


def score_tip(scores: Scores | None) -> str:
    if scores is None:
        return ""
    seam = scores.seam
    beat = "beat not known" if seam.beat_phase is None else f"beat off by {seam.beat_phase:.2f} (0 to 2)"
    lines = [
        "Seam: 100 as where real music is cut, 0 as where another song sets in",
        f"level changes by {seam.level:.1f} dB, spectrum by {seam.spectrum:.1f} dB, {beat}",
    ]
    if scores.to_prompt is not None:
        lines.append("Like prompt: 100 where all of it is in the prompt, 0 as for another song")
    if scores.to_training is not None:
        lines.append("Like training: 100 for a copy of a training song, 0 as for music the model never heard")
    return "\n".join(lines)


def _temperatures(take: Take) -> str:
    """The first and the last temperature that was in effect: "0.82\N{RIGHTWARDS ARROW}1.05"."""
    changes = take.history.changes
    first = changes[0][1].temperature if changes else take.request.controls.temperature
    last = changes[-1][1].temperature if changes else first
    return f"{first:.2f}" if first == last else f"{first:.2f}\N{RIGHTWARDS ARROW}{last:.2f}"
