"""What the layouts need on every page: navigation, theme, fingerprinted files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engage.core import clock, qr
from engage.core.access import Permission, current_actor
from engage.core.idempotency import new_key


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of a menu; shown when its endpoint exists and the person may open it."""

    endpoint: str
    icon: str
    text: LazyString
    needs: Permission | None = None
    #: pages one reaches from this entry; they light it too
    under: tuple[str, ...] = ()


#: pages and refused forms that stand below an entry of the phone's bar
_UNDER_TALKS: Final = (
    "talks.show", "talks.create_arrival", "talks.create_speaker", "talks.create_withdrawal", "topics.index",
    "topics.show", "topics.new", "topics.create", "topics.second", "topics.take_back", "topics.show_round",
    "votes.show", "votes.confirm", "votes.turn", "votes.create", "votes.receipt", "votes.index_receipts",
)  # fmt: skip
_UNDER_POINTS: Final = (
    "ledger.entry", "rewards.index", "rewards.show", "rewards.create", "rewards.redemptions",
    "rewards.show_redemption", "rewards.cancel",
)  # fmt: skip
_UNDER_ME: Final = (
    "people.devices", "people.edit_own", "people.correct_own", "people.password", "people.change_password",
    "people.pin", "people.set_pin", "people.list_passkeys", "people.my_code", "people.show_consent", "home.my_data",
    "home.confirm_closure", "home.list_children", "home.child", "teams.mine", "territory.own",
)  # fmt: skip

TABS = (
    NavItem(endpoint="home.index", icon="house", text=_l("首页")),
    NavItem(endpoint="talks.index", icon="lantern", text=_l("夜话"), under=_UNDER_TALKS),
    NavItem(endpoint="attendance.scan", icon="scan-qr-code", text=_l("扫码")),
    NavItem(endpoint="ledger.passbook", icon="book-open-text", text=_l("积分"), under=_UNDER_POINTS),
    NavItem(endpoint="people.me", icon="user-round", text=_l("我的"), under=_UNDER_ME),
)

#: pages and refused forms that stand below an entry of the desk's menu
_UNDER_MEMBERS: Final = (
    "people.show", "people.new", "people.edit", "people.slips", "people.cards_to_print", "people.batches",
    "people.batch", "people.create", "people.update", "people.print_cards", "people.print_slips", "people.changes",
    "people.new_change", "people.show_change", "people.list_views", "merging.index", "merging.show",
    "merging.create", "merging.merge", "merging.undo", "guardians.index", "guardians.show", "guardians.create",
    "guardians.confirm", "guardians.close", "roster.index", "roster.show", "roster.batches", "roster.before_export",
    "roster.progress", "roster.before_undo", "roster.exported", "people.reveal_phone",
)  # fmt: skip
_UNDER_PLACES: Final = (
    "territory.show", "territory.show_unit", "territory.update_unit", "territory.split", "territory.create_split",
    "territory.merger", "territory.create_merger", "territory.list_changes", "territory.show_change",
    "territory.create_undo",
)  # fmt: skip
_UNDER_TEAMS: Final = (
    "teams.show", "teams.new", "teams.edit", "teams.ask_closure", "teams.running_out", "teams.new_training",
    "teams.create_training", "teams.ask_revocation", "teams.revoke_training", "teams.create", "teams.update",
    "teams.close", "teams.add_member", "teams.remove_member", "teams.name_leader", "teams.approve", "teams.decline",
)  # fmt: skip

SIDE: tuple[tuple[LazyString, tuple[NavItem, ...]], ...] = (
    (
        _l("日常"),
        (
            NavItem(endpoint="home.desk", icon="layout-dashboard", text=_l("今天"), needs=Permission.SEE_MEMBERS),
            NavItem(
                endpoint="activities.plan",
                icon="calendar-days",
                text=_l("活动"),
                needs=Permission.PLAN_ACTIVITIES,
                under=("activities.new", "activities.create", "activities.edit", "activities.ask_cancellation"),
            ),
            NavItem(
                endpoint="awards.review",
                icon="list-checks",
                text=_l("审核时长"),
                needs=Permission.APPROVE_SERVICE,
                under=("awards.list_rules",),
            ),
            NavItem(
                endpoint="people.index",
                icon="users-round",
                text=_l("成员"),
                needs=Permission.SEE_MEMBERS,
                under=_UNDER_MEMBERS,
            ),
            NavItem(
                endpoint="people.help_desk",
                icon="hand",
                text=_l("替人办事"),
                needs=Permission.HELP_AT_DESK,
                under=("people.create_help",),
            ),
            NavItem(
                endpoint="territory.index",
                icon="map-pin",
                text=_l("网格和楼"),
                needs=Permission.SEE_MEMBERS,
                under=_UNDER_PLACES,
            ),
            NavItem(
                endpoint="territory.offices",
                icon="shield-check",
                text=_l("职务"),
                needs=Permission.GRANT_ROLES,
                under=("territory.create_office", "territory.close_office"),
            ),
            NavItem(
                endpoint="teams.manage",
                icon="flag",
                text=_l("队伍"),
                needs=Permission.MANAGE_MEMBERS,
                under=_UNDER_TEAMS,
            ),
        ),
    ),
    (
        _l("夜话"),
        (
            NavItem(
                endpoint="talks.plan",
                icon="lantern",
                text=_l("场次"),
                needs=Permission.RUN_TALK,
                under=("talks.prepare",),
            ),
            NavItem(endpoint="topics.moderate", icon="megaphone", text=_l("议题"), needs=Permission.MODERATE_TOPICS),
            NavItem(
                endpoint="resolutions.index",
                icon="gavel",
                text=_l("决议"),
                needs=Permission.ASSIGN_RESOLUTION,
                under=("resolutions.edit",),
            ),
        ),
    ),
    (
        _l("账目"),
        (
            NavItem(endpoint="ledger.journal", icon="book-open-text", text=_l("积分账"), needs=Permission.SEE_LEDGER),
            NavItem(endpoint="ledger.corrections", icon="undo-2", text=_l("更正"), needs=Permission.APPROVE_RULES),
            NavItem(
                endpoint="rewards.stock",
                icon="store",
                text=_l("小卖部"),
                needs=Permission.KEEP_STOCK,
                under=("rewards.stock_item", "rewards.new_item", "rewards.create_item"),
            ),
            NavItem(endpoint="rewards.desk", icon="package-check", text=_l("发货台"), needs=Permission.HAND_OUT),
            NavItem(endpoint="board.show", icon="scroll-text", text=_l("公示栏")),
            NavItem(
                endpoint="street.show",
                icon="building-2",
                text=_l("街道汇总"),
                needs=Permission.SEE_STREET,
                under=("street.office", "street.create_reading"),
            ),
            NavItem(endpoint="oversight.index", icon="history", text=_l("操作记录"), needs=Permission.SEE_AUDIT),
        ),
    ),
)


def init_app(app: Flask) -> None:
    """Give every template the menus, the theme and the file addresses."""
    app.context_processor(_common)
    app.jinja_env.globals.update(asset=asset, qr_svg=qr.svg, new_key=new_key, now=clock.now)
    app.jinja_env.globals.update(helping_id=lambda: g.get("helping"), help_minutes=_help_minutes)


def _help_minutes() -> int:
    """Return how many minutes, begun ones too, a helper may still act for somebody."""
    left = g.help_ends_at - clock.now()
    return int(-(-left.total_seconds() // 60))


def _common() -> dict[str, Any]:
    actor = current_actor()
    return {
        "actor": actor,
        "community": g.get("community"),
        "theme": request.cookies.get("theme") if request.cookies.get("theme") in {"light", "dark"} else None,
        "elder": request.cookies.get("mode") == "elder",
        "tabs": [item for item in TABS if item.endpoint in current_app.view_functions],
        "side": _side(actor),
        "endpoints": current_app.view_functions,
        "this_address": request.full_path.rstrip("?"),
    }


def _side(actor: Any) -> list[tuple[LazyString, list[NavItem]]]:
    if actor is None:
        return []
    groups = []
    for title, items in SIDE:
        shown = [
            item
            for item in items
            if item.endpoint in current_app.view_functions and (item.needs is None or actor.can(item.needs))
        ]
        if shown:
            groups.append((title, shown))
    return groups


def asset(path: str) -> str:
    """Return the address of a static file with the fingerprint of its content, so that it may be cached for a year."""
    return url_for("static", filename=path, v=_fingerprint(path, _stamp(path)))


def _stamp(path: str) -> float:
    # Looked up again only while developing: a server's files do not change under it.
    return _file(path).stat().st_mtime if current_app.debug else 0.0


@cache
def _fingerprint(path: str, _stamp: float) -> str:
    return hashlib.sha256(_file(path).read_bytes()).hexdigest()[:12]


def _file(path: str) -> Path:
    return Path(str(current_app.static_folder)) / path
