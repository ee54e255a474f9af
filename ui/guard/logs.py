"""What the log tells: troubles always, questions only when the user asks for them."""

import logging

HIDDEN = "（问题不记录；要记录，设 log_questions = true）"

_DOORS = ("ui.chat.chat",)
"""Who names a question when it could not be answered."""


class _HideQuestions(logging.Filter):
    """Puts a word in place of what was asked."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without its arguments."""
        if record.args:
            record.msg, record.args = str(record.msg).split("%")[0] + HIDDEN, ()
        return True


def keep_logs(questions: bool) -> None:
    """Begin to log to stderr: every question and what became of it, or no text of any."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    if questions:
        logging.getLogger("ui.guard.gated").setLevel(logging.INFO)
        return
    for name in _DOORS:
        logging.getLogger(name).addFilter(_HideQuestions())
