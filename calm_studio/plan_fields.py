"""The fields that say what is to be written next, as one: what stands in them can be read, shown, and undone."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from calm_studio.own_undo import OwnUndo
from calm_studio.plan import TRIES, VARIATIONS, Plan, changed_in

if TYPE_CHECKING:
    from calm_studio.controls_panel import ControlsPanel


class PlanFields(QObject):
    """`edited` carries the plan after every change by hand; `left` says that a field in which one types was left."""

    edited = Signal(Plan)
    left = Signal()

    def __init__(self, panel: "ControlsPanel"):
        super().__init__(panel)
        self._panel, self._plan = panel, Plan()
        for changed in (panel.text.changed, panel.length.changed, panel.seed.changed, panel.sheet.changed):
            changed.connect(self._on_changed)
        for counts in (panel.variations, panel.tries):
            counts.picked.connect(self._on_changed)
        numbers = (panel.length.number, panel.seed.number, panel.sheet.tempo)
        for left in (panel.text.left, panel.sheet.settled, *(each.editingFinished for each in numbers)):
            left.connect(self.left)
        for field in (panel.text.edit, *numbers, panel.sheet.form):
            field.installEventFilter(OwnUndo(field))

    @property
    def plan(self) -> Plan:
        """What stands there now."""
        panel = self._panel
        return Plan(
            text=panel.text.edit.toPlainText(),
            length=panel.length.length,
            seed=panel.seed.value,
            variations=VARIATIONS[panel.variations.choice],
            tries=TRIES[panel.tries.choice],
            sheet=panel.sheet.words,
        )

    def show_plan(self, plan: Plan) -> None:
        """Fields whose part of the plan is as it was shown or told last stay as they are."""
        names, self._plan = changed_in(self._plan, plan), plan
        panel = self._panel
        show = {
            "text": lambda: panel.text.show_text(plan.text),
            "length": lambda: panel.length.show_length(plan.length),
            "seed": lambda: panel.seed.number.setValue(plan.seed),
            "variations": lambda: panel.variations.show_choice(VARIATIONS.index(plan.variations)),
            "tries": lambda: panel.tries.show_choice(TRIES.index(plan.tries)),
            "sheet": lambda: panel.sheet.show_words(plan.sheet),
        }
        with ExitStack() as silent:
            for field in (panel.text, panel.length, panel.seed, panel.sheet):
                silent.enter_context(QSignalBlocker(field))
            for name in names:
                show[name]()

    def _on_changed(self) -> None:
        plan = self.plan
        if plan != self._plan:
            self._plan = plan
            self.edited.emit(plan)
