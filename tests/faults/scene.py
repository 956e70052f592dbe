"""One registry of servers, workers and a mail server that a test breaks, and the check that nothing is missed or doubled."""

import datetime
import hashlib
import uuid
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg2
import redis
from celery import Celery

from registry.appraisals import planning
from registry.kernel.clock import today
from tests.fakes.smtp import Mailbox
from tests.faults.populating import instead
from tests.faults.servers import Postgres, Redis
from tests.faults.workers import Nursery, Worker, eventually

DRAIN, REAP = "registry.notifications.tasks.drain", "registry.notifications.tasks.reap"
PLAN = "registry.appraisals.tasks.plan_reminders"
TABLE = "notifications_message"
FOUR_WEEKS = datetime.timedelta(days=28)

WHO_WAITS = "FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


class Session:
    """A session of the test's own in the database, to look on, to lock, or to stand in the way."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)

    def run(self, statement: str, *values: Any) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def holds_up(self, number: int = 1) -> bool:
        """Whether so many wait for what this session has locked."""
        return len(self.run(f"SELECT DISTINCT pid {WHO_WAITS}")) >= number

    def dismiss(self) -> None:
        """End the sessions of those who wait: what they have asked for is then not carried out once they are dead."""
        self.run(f"SELECT pg_terminate_backend(pid, 5000) {WHO_WAITS}")


class Scene:
    """What a test has: `people` to be reminded, workers, and everything it may stop."""

    def __init__(self, postgres: Postgres, redis_server: Redis, post: Mailbox, nursery: Nursery) -> None:
        self.postgres, self.redis, self.post, self.nursery = postgres, redis_server, post, nursery
        self.broker = Celery(broker=redis_server.url, set_as_current=False)
        self.broker.conf.broker_transport_options = {"global_keyprefix": "registry:"}
        self.expected: set[tuple[int, str, str]] = set()
        self.addresses: dict[str, str] = {}

    # The world ---------------------------------------------------------------------------------------

    def sql(self, statement: str, *values: Any) -> list[tuple]:
        """Run one statement, by itself."""
        session = Session(self.postgres.url)
        try:
            answer = session.run(statement, *values)
            session.connection.commit()
            return answer
        finally:
            session.connection.close()

    def people(self, number: int) -> None:
        """So many people with an appraisal due in four weeks; each is to be told, and their appraiser of all at once."""
        self.sql(
            """INSERT INTO appraisals_appraisal (clinician_id, obligation_id, rule_id, appraiser_id, state, opens_on,
                   due_on, reminders_from, meeting_place, calendar_uid, calendar_sequence, outcome, summary)
               SELECT o.clinician_id, o.id, r.id, (SELECT max(id) FROM accounts_user), 'preparing', %s, %s, %s, '',
                   gen_random_uuid(), 0, '', ''
               FROM appraisals_obligation o JOIN appraisals_cyclerule r ON r.cycle_id = o.cycle_id
               ORDER BY o.id LIMIT %s""",
            today(), today() + FOUR_WEEKS, today(), number,
        )  # fmt: skip
        step = f"{today() + FOUR_WEEKS}:lead:28"
        for appraisal, clinician, email, appraiser, their_email in self.sql(
            """SELECT a.id, c.id, c.email, u.id, u.email FROM appraisals_appraisal a
               JOIN clinicians_clinician c ON c.id = a.clinician_id JOIN accounts_user u ON u.id = a.appraiser_id"""
        ):
            self.expected |= {(appraisal, step, f"c{clinician}"), (appraisal, f"{step}:appraiser", f"u{appraiser}")}
            self.addresses |= {f"c{clinician}": email, f"u{appraiser}": their_email}

    def planned(self, number: int) -> None:
        """The same, with their reminders put down already, and nobody told to deliver them."""
        self.people(number)
        with instead(self.postgres.url):
            planning.plan(today())

    @contextmanager
    def locking(self, statement: str, *values: Any) -> Iterator[Session]:
        """Hold what the statement locks until the end of the block, or of the session's transaction."""
        session = Session(self.postgres.url)
        try:
            session.run(statement, *values)
            yield session
        finally:
            session.connection.close()

    def the_planners_lock(self) -> AbstractContextManager[Session]:
        """Hold what only one planner has at a time (`kernel.locks.advisory_lock`)."""
        number = zlib.crc32(b"plan appraisal reminders") - 2**31
        return self.locking("SELECT pg_advisory_xact_lock(%s, 0)", number)

    def one_of_the_rows(self) -> AbstractContextManager[Session]:
        """Put down one reminder without a commit: whoever plans waits in the middle of its insert for what becomes of it."""
        about, step, key = max(self.expected)
        return self.locking(
            f"""INSERT INTO {TABLE} (kind, about_id, step, recipient_key, planned_for, channel, state, attempts, last_error)
                VALUES (%s, %s, %s, %s, %s, 'email', 'waiting', 0, '')""",
            planning.KIND, about, step, key, today(),
        )  # fmt: skip

    # Tasks -------------------------------------------------------------------------------------------

    def ask(self, task: str) -> str:
        """Ask for a task as beat does; answers its number."""
        return self.broker.send_task(task, ignore_result=True).id

    def done(self, task_id: str) -> None:
        """Wait until some worker has done this."""
        eventually(lambda: self.nursery.succeeded(task_id), f"task {task_id} is done")

    def run(self, task: str) -> None:
        """Ask for a task, and wait until it is done."""
        self.done(self.ask(task))

    def come_to_rest(self) -> None:
        """The hours go by, until nothing in the outbox waits: whoever waits has waited, and every lease is over.

        Time itself does not pass: what the waiting is for is written into the rows while nobody works at them.
        """
        for _ in range(12):
            self.run(REAP)
            self.run(DRAIN)
            if not self.sql(f"SELECT 1 FROM {TABLE} WHERE state IN ('waiting', 'sending')"):
                return
            self.sql(f"UPDATE {TABLE} SET available_at = clock_timestamp() WHERE state IN ('waiting', 'sending')")
        raise AssertionError(f"The outbox does not come to rest: {self.rows()}")

    # What came of it ---------------------------------------------------------------------------------

    def rows(self) -> list[tuple]:
        return self.sql(f"SELECT id, head_id, state, attempts, recipient_key, last_error FROM {TABLE} ORDER BY id")

    def states(self) -> Counter[str]:
        """How many messages, those that go with another left out, are in which state."""
        return Counter(dict(self.sql(f"SELECT state, count(*) FROM {TABLE} WHERE head_id IS NULL GROUP BY state")))

    def taken_by(self) -> int:
        """How many deliveries have messages in their hands."""
        return self.sql(f"SELECT count(DISTINCT taken_by) FROM {TABLE} WHERE state = 'sending'")[0][0]

    def check(self, *, twice: int = 0, failed: Collection[str] = ()) -> None:
        """Everybody was told everything, once: so the outbox says, and so the mail server has it.

        `twice`: how many messages the mail server may have two times, each of which a line of some worker's log
        explains. `failed`: addresses that the mail server refuses for good.
        """
        rows = self.sql(f"SELECT id, head_id, about_id, step, recipient_key, state, reference FROM {TABLE}")
        assert {(about, step, key) for _, _, about, step, key, _, _ in rows} == self.expected
        assert len(rows) == len(self.expected)
        promised = {}
        for key, head, _, _, recipient, state, reference in rows:
            address = self.addresses[recipient]
            if head is not None:
                assert state == "folded"
            elif address in failed:
                assert state == "failed"
            else:
                assert state == "sent"
                promised[naive_message_id(reference), address] = key
        taken = Counter((str(mail["Message-ID"]), str(mail["To"])) for mail in self.post.messages)
        assert taken.keys() == promised.keys()
        doubled = {promised[mail] for mail, times in taken.items() if times == 2}
        assert max(taken.values()) <= 2
        assert len(doubled) == twice
        assert doubled <= self.explained()

    def explained(self) -> set[int]:
        """The messages of which a worker's log says that they may go out twice."""
        events = {"message_taken_back", "message_sent_after_it_was_taken_back", "mail_server_in_trouble"}
        return {event["message"] for event in self.nursery.events() if event["event"] in events}

    def log(self, event: str) -> list[dict]:
        """What the workers' logs say of this kind."""
        return [said for said in self.nursery.events() if said["event"] == event]

    # Before the next test ----------------------------------------------------------------------------

    def clear(self) -> None:
        """Whatever was broken works again, and nobody has anything to do."""
        self.nursery.clear()
        self.post.down()
        for kept in (self.post.messages, self.post.to_mail, self.post.to_data, self.post.after_data):
            kept.clear()
        self.post.answers.clear()
        self.post.up()
        self.expected, self.addresses = set(), {}
        for server in (self.postgres, self.redis):
            if server.process.poll() is not None:
                server.start()
        with redis.Redis.from_url(self.redis.url) as client:
            client.flushall()
        self.sql(f"TRUNCATE {TABLE}, appraisals_appraisal CASCADE")

    def kill(self, worker: Worker, which: str) -> None:
        """Kill the child or the whole worker; where that is gone, another one is started."""
        if which == "child":
            worker.kill_child()
        else:
            worker.kill()
            self.nursery.worker()


def naive_message_id(reference: str | uuid.UUID) -> str:
    """What a message's Message-ID must be."""
    digest = hashlib.sha256(b"registry.notifications" + uuid.UUID(str(reference)).bytes).hexdigest()
    return f"<{digest[:32]}@registry.example>"
