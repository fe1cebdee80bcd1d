"""People: persons and households, teams, roles, cards, and signing in."""

from __future__ import annotations

from flask import Flask

from engage.core import step_up, tenure
from engage.people.above import end_region_role, give_region_role
from engage.people.activations import Slip, activate, find_invitation, issue_slip_codes
from engage.people.aliases import become_alias, end_alias, find_survivor, selves, selves_of
from engage.people.amendments import Amended, Amendment, amend_many, revert_many
from engage.people.assistance import HelpCard, list_help
from engage.people.cards import card_address, card_addresses, card_token, find_by_card, issue_cards
from engage.people.cookies import prolong_cookie
from engage.people.delegations import StandIn, hand_over, own_roles, stand_ins_of, standing_in, take_back
from engage.people.departure import (
    Withdrawn,
    count_unused_slips,
    dissolve_empty_teams,
    end_grants,
    persons_in_use,
    withdraw_many,
)
from engage.people.devices import COOKIE, actor_of, load_actor, remember_device
from engage.people.directory import TeamCard, born_since, list_teams, team_member_ids, teams_of
from engage.people.enrolment import enrol, grant_role, settle
from engage.people.epochs import WaysIn, end_ways_in, ways_in
from engage.people.figures import members_by_community
from engage.people.filters import Filters
from engage.people.history import steps_of
from engage.people.intake import (
    Newcomer,
    OnRoll,
    appoint_many,
    enrol_many,
    roll,
    roll_mark,
    roll_teams,
    roll_ties,
    team_names,
)
from engage.people.languages import words_of as language_words
from engage.people.leaving import erase, is_erased, is_last_secretary
from engage.people.listing import Listed, list_roll
from engage.people.media import MediumRefused, Shown, report_lost
from engage.people.media import read as read_medium
from engage.people.media import use as use_medium
from engage.people.merging import FACTS, Twins, counting_bonds, find_twins, fold_into, swap_facts, unfold
from engage.people.models import Person
from engage.people.models_history import PersonEvent
from engage.people.models_sign_in import Passkey
from engage.people.neighbourhood import (
    PlaceRole,
    Resident,
    count_by_grid,
    move_persons,
    move_role,
    persons_of_grids,
    residents_of,
    roles_at,
    unmove_role,
    verify_tenancy,
)
from engage.people.offices import (
    OFFICES,
    Term,
    end_role,
    ensure_office_may,
    give_role,
    list_grants,
)
from engage.people.offices import holder_of as grant_holder
from engage.people.own import OwnRecords, confirm_password, records_of
from engage.people.panels import add_panel
from engage.people.phones import BadPhone, masked_phone, normalised_phone, phone_index, unsealed_phone
from engage.people.printing import make_batch
from engage.people.queries import (
    VOTER_STATUS,
    VOTER_UNIT,
    count_persons,
    ever_in_office,
    find_by_member_no,
    find_ids,
    get_person,
    holders_of,
    household_of,
    is_active,
    names_of,
    persons_of,
    polite_name,
    roll_in_turn,
    units_of,
    units_with_voters,
)
from engage.people.reach import ids_within, person_within, persons_living_in, places_of
from engage.people.reveals import Alert, list_alerts, list_reveals
from engage.people.searching import Found, search
from engage.people.signing_in import Arrival
from engage.people.team_roll import (
    Spell,
    TeamFacts,
    TeamNameTaken,
    count_teams,
    counting_spells,
    enter_team,
    former_members_of,
    former_spells_of,
    found_team,
    get_team,
    is_in_team,
    members_of,
    rename_team,
    search_teams,
    set_closed,
    spells_of,
    take_out,
    team_facts,
)
from engage.people.threshold import send_away
from engage.people.words import ROLE_WORDS, TIE_WORDS

__all__ = [
    "COOKIE", "FACTS", "OFFICES", "ROLE_WORDS", "TIE_WORDS", "VOTER_STATUS", "VOTER_UNIT",
    "Alert", "Amended", "Amendment", "Arrival", "BadPhone",
    "Filters", "Found", "HelpCard", "Listed", "MediumRefused", "Newcomer", "OnRoll", "OwnRecords", "Passkey",
    "Person", "PersonEvent", "PlaceRole", "Resident", "Shown", "Slip", "Spell", "StandIn", "TeamCard", "TeamFacts",
    "TeamNameTaken", "Term", "Twins", "WaysIn", "Withdrawn", "activate", "actor_of", "add_panel", "amend_many",
    "appoint_many", "become_alias", "born_since", "card_address", "card_addresses", "card_token",
    "confirm_password", "count_by_grid", "count_persons", "count_teams", "count_unused_slips", "counting_bonds",
    "counting_spells", "dissolve_empty_teams", "end_alias", "end_grants", "end_region_role", "end_role",
    "end_ways_in", "enrol", "enrol_many", "ensure_office_may", "enter_team", "erase", "ever_in_office",
    "find_by_card", "find_by_member_no", "find_ids", "find_invitation", "find_survivor", "find_twins", "fold_into",
    "former_members_of", "former_spells_of", "found_team", "get_person", "get_team", "give_region_role",
    "give_role", "grant_holder", "grant_role", "hand_over", "holders_of", "household_of", "ids_within", "init_app",
    "is_active", "is_erased", "is_in_team", "is_last_secretary", "issue_cards", "issue_slip_codes",
    "language_words", "list_alerts", "list_grants", "list_help", "list_reveals", "list_roll", "list_teams",
    "make_batch", "masked_phone", "members_by_community", "members_of", "move_persons", "move_role", "names_of",
    "normalised_phone", "own_roles", "person_within", "persons_in_use", "persons_living_in", "persons_of",
    "persons_of_grids", "phone_index", "places_of", "polite_name", "read_medium", "records_of", "remember_device",
    "rename_team", "report_lost", "residents_of", "revert_many", "roles_at", "roll", "roll_in_turn", "roll_mark",
    "roll_teams", "roll_ties", "search", "search_teams", "selves", "selves_of", "send_away", "set_closed", "settle",
    "spells_of", "stand_ins_of", "standing_in", "steps_of", "swap_facts", "take_back", "take_out", "team_facts",
    "team_member_ids", "team_names", "teams_of", "unfold", "units_of", "units_with_voters", "unmove_role",
    "unsealed_phone", "use_medium", "verify_tenancy", "ways_in", "withdraw_many",
]  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the pages and the operator's command, and let Flask-Login find the person behind a browser."""
    from engage.people import (
        cli,
        threshold,
        views,
        views_changes,
        views_confirm,
        views_gate,
        views_help,
        views_me,
        views_members,
        views_own,
        views_paper,
        views_person,
        views_saved,
        views_secure,
        words,
    )
    from engage.people.blueprint import bp
    from engage.people.messages import ConsoleMessenger
    from engage.people.still import still_may

    assert views and views_me and views_members and views_own and views_paper and views_person  # noqa: S101, PT018 - imported for their routes
    assert views_changes and views_saved  # noqa: S101, PT018 - the same
    # imported for their routes
    assert views and views_me and views_members and views_own and views_paper and views_person  # noqa: S101, PT018
    assert views_confirm and views_help and views_secure  # noqa: S101, PT018
    app.extensions["engage_messenger"] = ConsoleMessenger()
    app.login_manager.request_loader(load_actor)  # type: ignore[attr-defined]
    app.login_manager.unauthorized_handler(threshold.ask_to_sign_in)  # type: ignore[attr-defined]
    app.extensions[tenure.ASK] = still_may
    app.extensions[step_up.GATE] = views_gate.ask_or_pass
    app.after_request(prolong_cookie)
    app.jinja_env.globals.update(masked_phone=masked_phone, tie_words=words.TIE_WORDS)
    app.register_blueprint(bp)
    app.cli.add_command(cli.create_community)
