"""What a training worker can be told about studies: many runs at once, which take turns as one."""

from explorer.engine.messages import Cell
from explorer.engine.rota import Rota
from explorer.engine.study import Series, Study


class StudyDesk(Rota):
    """Every public method is a command."""

    def study(self, study_id: str, cells: tuple[Cell, ...], device: str) -> None:
        """Train many runs, cell after cell; what a file holds already goes on from there."""
        if study_id not in self._studies:
            self._studies[study_id] = Study(study_id, cells, device, self._least_used(), self._outbox.put_status)

    def stop_study(self, study_id: str) -> list[str]:
        """Pause what trains and begin nothing more; the runs that never began."""
        study = self._studies.pop(study_id, None)
        return study.stop() if study is not None else []

    def study_curves(self, study_id: str, split: str, name: str) -> dict[str, Series]:
        """One metric of the runs of a study that train now, by run."""
        study = self._studies.get(study_id)
        return study.curves(split, name) if study is not None else {}

    def close(self) -> None:
        """Write every file and let go."""
        for study in self._studies.values():
            study.close()
        self._studies.clear()
