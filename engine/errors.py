"""The one error that a user of the app can cause, and is meant to read."""


class CalmError(Exception):
    """Something the user can put right: what happened (`message`) and what to do about it (`advice`).

    Both are plain sentences; the message has no closing full stop, so that `str(error)` reads as running text.
    """

    def __init__(self, message: str, advice: str):
        super().__init__(message, advice)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}. {self.advice}"
