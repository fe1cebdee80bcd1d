"""Acting for somebody who stands at the desk: the reviewed list of what a helper may do for them (product principle 3).

Default deny: what is not named here is refused while somebody is being helped. Voting, passwords, PINs, passkeys,
devices, consents and one's own office are not here and never will be (ADR 36).
"""

from __future__ import annotations

from typing import Final

#: endpoint: why a helper needs it
ALLOWED: Final[dict[str, str]] = {
    "people.help_now": "says who is being helped and what can be done",
    "people.end_help": "ends it",
    "people.correct_helped_phone": "a new number, told at the desk",
    "people.create_confirmation": "the helper's own PIN or password, before goods are reserved",
    "activities.index": "to find a shift",
    "activities.show": "to read about a shift",
    "activities.create_sign_up": "to sign somebody up",
    "activities.create_withdrawal": "to say they cannot come",
    "ledger.passbook": "to read out how many points there are",
    "ledger.entry": "to read out where points come from",
    "rewards.index": "to look at the shelf together",
    "rewards.show": "to look at one thing",
    "rewards.create": "to reserve it",
    "rewards.redemptions": "to find a reservation",
    "rewards.show_redemption": "to write the pick-up code on paper",
    "rewards.cancel": "to give a reservation up",
    "core.appearance": "large letters for both",
    "core.healthz": "says nothing about anybody",
    "core.readyz": "says nothing about anybody",
    "people.sign_out": "the helper goes home; the help ends with the device",
}
