"""What the story's volunteers do: two months behind, tonight, a week ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from engage.activities import Kind


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One activity of the story: when it is, in days from today, and who comes."""

    title: str
    place: str
    kind: Kind
    day: int
    starts: time
    ends: time
    capacity: int
    joined: int
    task: str = ""


PAST = (
    Duty(
        title="桂园片区夜巡",
        place="桂园东门岗亭",
        kind=Kind.PATROL,
        day=-51,
        starts=time(19, 30),
        ends=time(21, 0),
        capacity=8,
        joined=6,
    ),
    Duty(
        title="放学护路",
        place="文昌小学南门",
        kind=Kind.SERVICE,
        day=-45,
        starts=time(16, 30),
        ends=time(17, 30),
        capacity=5,
        joined=5,
    ),
    Duty(
        title="桂园片区夜巡",
        place="桂园东门岗亭",
        kind=Kind.PATROL,
        day=-37,
        starts=time(19, 30),
        ends=time(21, 0),
        capacity=8,
        joined=7,
    ),
    Duty(
        title="桂园片区夜巡",
        place="桂园东门岗亭",
        kind=Kind.PATROL,
        day=-23,
        starts=time(19, 30),
        ends=time(21, 0),
        capacity=8,
        joined=6,
    ),
    Duty(
        title="放学护路",
        place="文昌小学南门",
        kind=Kind.SERVICE,
        day=-17,
        starts=time(16, 30),
        ends=time(17, 30),
        capacity=5,
        joined=5,
    ),
    Duty(
        title="独居老人上门量血压",
        place="荷香苑1栋大厅",
        kind=Kind.SERVICE,
        day=-12,
        starts=time(9, 0),
        ends=time(11, 0),
        capacity=4,
        joined=4,
    ),
    Duty(
        title="桂园片区夜巡",
        place="桂园东门岗亭",
        kind=Kind.PATROL,
        day=-9,
        starts=time(19, 30),
        ends=time(21, 0),
        capacity=8,
        joined=7,
    ),
    Duty(
        title="放学护路",
        place="文昌小学南门",
        kind=Kind.SERVICE,
        day=-3,
        starts=time(16, 30),
        ends=time(17, 30),
        capacity=5,
        joined=4,
    ),
    Duty(
        title="荷香苑夜巡",
        place="荷香苑北门",
        kind=Kind.PATROL,
        day=-1,
        starts=time(19, 30),
        ends=time(21, 0),
        capacity=6,
        joined=5,
    ),
)
#: this evening's, when the story is told by daylight
TONIGHT = Duty(
    title="桂园片区夜巡",
    place="桂园东门岗亭",
    kind=Kind.PATROL,
    day=0,
    starts=time(19, 30),
    ends=time(21, 0),
    capacity=8,
    joined=5,
    task="从东门走到3栋、5栋、7栋，看楼道和充电棚，再回岗亭。",
)
AHEAD = (
    Duty(
        title="荷香苑夜巡",
        place="荷香苑北门",
        kind=Kind.PATROL,
        day=1,
        starts=time(20, 0),
        ends=time(21, 30),
        capacity=6,
        joined=4,
    ),
    Duty(
        title="独居老人上门量血压",
        place="荷香苑1栋大厅",
        kind=Kind.SERVICE,
        day=2,
        starts=time(9, 0),
        ends=time(11, 0),
        capacity=4,
        joined=3,
    ),
    Duty(
        title="梧桐里楼道清杂物",
        place="梧桐里2栋门口",
        kind=Kind.SERVICE,
        day=2,
        starts=time(15, 0),
        ends=time(16, 30),
        capacity=10,
        joined=6,
    ),
    Duty(
        title="消防演练和灭火器怎么用",
        place="老粮站院子",
        kind=Kind.TRAINING,
        day=5,
        starts=time(19, 0),
        ends=time(20, 0),
        capacity=30,
        joined=8,
    ),
)
