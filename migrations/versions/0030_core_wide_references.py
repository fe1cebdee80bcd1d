"""References as wide as the keys they point at: on PostgreSQL they were half as wide, and would have stopped at 2,147,483,647."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COLUMNS = {
    "activation": "person_id printed_by",
    "activity": "created_by leader_id",
    "agenda_item": "talk_id topic_id",
    "agenda_round": "vote_id",
    "assistance": "device_id helper_id person_id",
    "audit_event": "actor_id on_behalf_of",
    "award": "activity_id person_id rule_id session_id",
    "award_rule": "approved_by drafted_by",
    "ballot": "vote_id",
    "card_batch": "made_by",
    "card_batch_line": "batch_id medium_id person_id",
    "consent": "person_id",
    "credential": "person_id",
    "delegation": "grant_id holder_id person_id",
    "device": "person_id",
    "entitlement": "unit_id vote_id",
    "former_membership": "ended_by person_id team_id",
    "grid_change": "made_by undone_by",
    "grid_change_move": "change_id from_id new_row_id row_id to_id",
    "grid_change_side": "change_id place_id",
    "guardianship": "confirmed_by ended_by guardian_id minor_id recorded_by",
    "head_count": "counted_by shift_id",
    "idempotency_key": "actor_id",
    "ledger_account": "person_id",
    "ledger_entry": "actor_id approver_id person_id reverses_id settles_id",
    "ledger_lot": "account_id origin_id transfer_id",
    "ledger_lot_use": "lot_id transfer_id",
    "ledger_note": "entry_id",
    "ledger_transfer": "credit_id debit_id entry_id",
    "medium": "person_id revoked_by",
    "member_change": "actor_id grid_id team_id undone_by",
    "member_change_line": "change_id person_id",
    "membership": "person_id team_id",
    "motion": "agenda_item_id proposed_by",
    "named_ballot": "unit_id vote_id",
    "not_same_person": "first_id said_by second_id",
    "passkey": "person_id",
    "person": "grid_id unit_id",
    "person_alias": "person_id survivor_id",
    "person_event": "actor_id person_id",
    "person_merge": "merged_by merged_id survivor_id undone_by",
    "phone_reveal": "actor_id person_id",
    "place": "parent_id",
    "qualification": "given_by_id person_id recorded_by revoked_by",
    "receipt_code": "vote_id",
    "redemption": "ended_by item_id person_id",
    "region_grant": "person_id region_id",
    "resolution": "motion_id owner_id",
    "resolution_progress": "actor_id resolution_id",
    "role_grant": "person_id place_id",
    "roll_closure": "closed_by shift_id",
    "roll_mark": "highest_person_id",
    "roster_batch": "undone_by uploaded_by",
    "roster_change": "batch_id person_id",
    "roster_export": "actor_id",
    "saved_view": "person_id",
    "scan": "by_person_id device_id person_id shift_id",
    "scan_medium": "medium_id scan_id",
    "service_session": "closed_by decided_by person_id shift_id",
    "shift": "activity_id cancelled_by",
    "sign_up": "person_id recorded_by shift_id",
    "speaker_entry": "agenda_item_id person_id talk_id",
    "spent_code": "medium_id",
    "stock_move": "actor_id item_id redemption_id",
    "talk": "chair_id first_teller_id planned_by recorder_id second_teller_id",
    "talk_attendance": "person_id recorded_by talk_id unit_id",
    "talk_note": "person_id talk_id",
    "team_application": "decided_by person_id team_id",
    "team_lead": "named_by person_id team_id",
    "team_profile": "place_id team_id",
    "tenancy": "person_id unit_id verified_by",
    "topic": "filed_by round_id talk_id unit_id",
    "topic_rule": "set_by",
    "topic_second": "person_id topic_id unit_id",
    "unit": "building_id grid_id",
}


def upgrade() -> None:
    """Take the schema one step on. SQLite has one kind of integer: nothing to do there."""
    _widen("BIGINT")


def downgrade() -> None:
    """Take the step back."""
    _widen("INTEGER")


def _widen(kind: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in COLUMNS.items():
        changes = ", ".join(f'ALTER COLUMN "{column}" TYPE {kind}' for column in columns.split())
        op.execute(sa.text(f'ALTER TABLE "{table}" {changes}'))  # one rewrite for each table
