"""Gives every passage its vector, behind everything else; the words are found without it."""

import logging
import threading
from collections.abc import Sequence
from functools import partial

from app.documents.changes import Changes
from app.documents.search import Meaning
from app.documents.vectors import Embedder, VectorIndex, cosine, stored_form
from app.errors import AppError, ErrorKind
from app.storage import documents_index, documents_pages
from app.storage.documents import DocumentStore

_BATCH = 8  # a question waits for those before it
_DELETED = 400  # at once: some 10 ms
_SHORT_CHARACTERS = 200
_IDLE_S = 5.0
_RETRY_S = 10.0
_STOP_DEADLINE_S = 5.0

# Whether a model knows Chinese: does a question find its own answer among the others'?
_PROBE = (
    ("如何更换打印机的墨盒？", "打开盖子，取出旧的墨水盒，再把新的装进去。"),
    ("公司几点下班？", "工作时间到晚上六点结束，之后办公室关门。"),
    ("猫为什么喜欢睡觉？", "宠物每天休息很久，因为它们在夜里捕猎。"),
    ("怎样退订会员服务？", "在账户设置里取消续费，月底之后不再扣款。"),
    ("这种药有什么副作用？", "服用后可能头晕、恶心，严重时请立即就医。"),
    ("去机场坐什么车？", "乘地铁二号线到终点站，再换乘大巴约半小时。"),
)
_LEAST_PROBES = 5

log = logging.getLogger(__name__)


class Filler:
    """Owns the vectors of one model. All methods may be called from any thread."""

    def __init__(
        self, store: DocumentStore, changes: Changes, embedder: Embedder, *, is_filling: bool
    ) -> None:
        """``is_filling`` False: another process stores the vectors; here they are only read."""
        self._store = store
        self._changes = changes
        self._embedder = embedder
        self._is_filling = is_filling
        self._stop = threading.Event()
        self._wake = threading.Event()
        self.embedder_id, knows = store.write(partial(documents_index.embedder, name=embedder.name))
        self._index = VectorIndex(store, self.embedder_id)
        self._knows_chinese = knows
        self._thread = threading.Thread(target=self._work, name="documents-vectors", daemon=True)
        self._thread.start()

    @property
    def meaning(self) -> Meaning:
        return Meaning(self._embedder, self._index, bool(self._knows_chinese))

    def fill(self) -> None:
        """There may be new passages, and this process is to see to them."""
        self._is_filling = True
        self._wake.set()

    def forget(self, document_ids: Sequence[int]) -> None:
        self._index.forget(document_ids)

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(_STOP_DEADLINE_S)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                has_more = self._step()
            except AppError as error:
                log.warning("passages could not be embedded: %s", error.title)
                self._stop.wait(_RETRY_S)
                continue
            except RuntimeError:
                if self._stop.is_set():  # the model took longer than the library was open
                    return
                raise
            if not has_more:
                self._wake.wait(_IDLE_S)
                self._wake.clear()

    def _step(self) -> bool:
        """Some passages of one document; True while there may be more."""
        if not self._is_filling:
            self._index.refresh()
            return False
        if self._knows_chinese is None:
            self._probe()
        ids = self._store.read(
            lambda db: documents_index.without_vector(db, self.embedder_id, _BATCH)
        )
        if not ids:
            self._index.refresh()
            self._delete_former()
            return False
        found = self._store.read(lambda db: documents_pages.texts(db, ids))
        vectors = self._embed([found[id_].text for id_ in ids if id_ in found])
        rows = list(zip([id_ for id_ in ids if id_ in found], vectors, strict=True))
        changed = self._store.write(
            lambda db: documents_index.add_vectors(db, self.embedder_id, rows)
        )
        self._changes.note(changed)
        return True

    def _delete_former(self) -> None:
        """Every passage has its vector of this model: nobody asks for those of another."""
        while not self._stop.is_set() and self._store.write(
            partial(documents_index.delete_former, embedder_id=self.embedder_id, most=_DELETED)
        ):
            pass

    def _embed(self, texts: Sequence[str]) -> list[bytes]:
        """A passage too long for the model goes by its beginning.

        One that is refused whatever its length gets a vector of zeros: it is near to nothing.
        """
        try:
            return [stored_form(vector) for vector in self._embedder.embed(texts, "passage")]
        except AppError as error:
            if error.kind not in (ErrorKind.BAD_REQUEST, ErrorKind.CONTEXT_OVERFLOW):
                raise
            if len(texts) > 1:
                return [self._embed([text])[0] for text in texts]
            if len(texts[0]) > _SHORT_CHARACTERS:
                return self._embed([texts[0][: len(texts[0]) // 2]])
            (vector,) = self._embedder.embed(["."], "passage")
            return [stored_form([0.0] * len(vector))]

    def _probe(self) -> None:
        questions = self._embedder.embed([question for question, _ in _PROBE], "question")
        answers = self._embedder.embed([answer for _, answer in _PROBE], "passage")
        found = sum(
            max(range(len(answers)), key=lambda at: cosine(question, answers[at])) == number
            for number, question in enumerate(questions)
        )
        self._knows_chinese = found >= _LEAST_PROBES
        self._store.write(
            lambda db: documents_index.set_probe(db, self.embedder_id, found >= _LEAST_PROBES)
        )
