"""After a rotation of the data key: seal anew what older keys sealed, a little at a time, wherever it was left."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.keys.data_keys import DataKeys
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions


@dataclass(frozen=True, slots=True)
class Reseal:
    """What is left to do stands in the rows themselves, so an end in the middle loses nothing."""

    keys: DataKeys
    personal_data: PersonalData
    questions: Questions

    def __call__(self, most: int = 500) -> int:
        """Seal up to so many texts of each kind anew; return how many."""
        return self.personal_data.reseal(most) + self.questions.reseal(most)

    def all(self) -> int:
        """Go on until nothing is left."""
        done = 0
        while sealed := self():
            done += sealed
        return done

    def sealed_by(self) -> Mapping[str, int]:
        """Return how many texts each key of the folder seals, the newest key last."""
        mine, asked = self.personal_data.by_key(), self.questions.by_key()
        return {key.id: mine.get(key.id, 0) + asked.get(key.id, 0) for key in self.keys.listed()}
