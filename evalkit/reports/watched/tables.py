"""Watched cases as blocks: the alarm first, then each case that flipped."""

from evalkit.reports.blocks import Block, bullets, words
from evalkit.reports.watched import sentences
from evalkit.reports.watched.report import WatchedReport


def alarm_blocks(report: WatchedReport) -> tuple[Block, ...]:
    """Give the alarm and what flipped; nothing where nothing did."""
    if not report.flips:
        return ()
    return (
        words(sentences.alarm(report), style="warning"),
        bullets([sentences.flip_sentence(flip) for flip in report.flips]),
    )
