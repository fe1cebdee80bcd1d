"""What a result says, in one sentence: counts first, then the verdict (talks §6 Display)."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from engage.core.i18n import _, ngettext
from engage.votes.rules import YES_NO, Count, Ruling


def option_words(option: str) -> str:
    """Return an option as read: for and against are ours and translated, others stay as they were written."""
    return str(gettext(option)) if option in YES_NO else option


def sentence(method: str, options: Sequence[str], counted: Count, ruling: Ruling, *, figures: bool) -> str:
    """Return the result in the reader's language; without figures when they would name somebody."""
    if ruling.verdict == "no_quorum":
        return str(_no_quorum(method, counted, ruling, figures=figures))
    if not figures:
        return str(_verdict_only(options, ruling, is_yes_no=method == "yes_no"))
    if method == "yes_no":
        return str(_yes_no(counted, ruling))
    if method == "approval":
        return str(ngettext("%(num)s户投了票，按得票排了先后。", "%(num)s户投了票，按得票排了先后。", counted.valid))
    if ruling.leading is None:
        return str(_("最高的票数一样，没有选出来。"))
    votes, option = counted.counts[ruling.leading], option_words(options[ruling.leading])
    return str(
        ngettext("%(num)s户选了“%(option)s”，选它了。", "%(num)s户选了“%(option)s”，选它了。", votes, option=option)
    )


def _verdict_only(options: Sequence[str], ruling: Ruling, *, is_yes_no: bool) -> str:
    if not is_yes_no and ruling.leading is not None:
        return str(_("投票的户太少，只公布结论：选“%(option)s”。", option=option_words(options[ruling.leading])))
    if ruling.verdict == "passed":
        return str(_("投票的户太少，只公布结论：通过了。"))
    return str(_("投票的户太少，只公布结论：没有通过。"))


def _yes_no(counted: Count, ruling: Ruling) -> str:
    yes, no = counted.counts
    if ruling.verdict == "passed":
        return str(_("%(yes)s户赞成，%(no)s户反对，通过了。", yes=yes, no=no))
    if yes == no:
        return str(_("%(yes)s户赞成，%(no)s户反对，票数一样，没有通过。", yes=yes, no=no))
    return str(_("%(yes)s户赞成，%(no)s户反对，没有通过。", yes=yes, no=no))


def _no_quorum(method: str, counted: Count, ruling: Ruling, *, figures: bool) -> str:
    if method == "approval":
        return str(_("没有一户选议题，没有选出来。"))
    needed = -(-ruling.quorum // 2)
    if not figures:
        return str(
            ngettext("表了态的户太少，不够%(num)s户，不作数。", "表了态的户太少，不够%(num)s户，不作数。", needed)
        )
    return str(
        ngettext(
            "表了态的有%(num)s户，不够%(needed)s户，不作数。",
            "表了态的有%(num)s户，不够%(needed)s户，不作数。",
            sum(counted.counts),
            needed=needed,
        )
    )
