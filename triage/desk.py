"""The triage desk: one complaint, or many, through clean → mask → classify → gates → route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage.catalogue.book import Catalogue
from triage.classifier.router import Classifier
from triage.policy.gates import check_gates
from triage.policy.routing import decide
from triage.policy.urgency import raise_to_urgent
from triage.privacy import mask
from triage.text import check_complaint, compose, normalise
from triage.values import Action, Complaint, Decision, MaskedText, Prediction, Triage


class TriageDesk:
    """Reads complaints and advises where they go; holds nothing of them."""

    def __init__(self, classifier: Classifier, catalogue: Catalogue) -> None:
        self._classifier = classifier
        self._catalogue = catalogue

    def handle(self, complaint: Complaint) -> Triage:
        """Triage one complaint; raises `BadComplaint` where there is nothing to triage."""
        return self.handle_many([complaint])[0]

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Triage]:
        """Triage several, in order; the first one that cannot be triaged raises `BadComplaint`."""
        masked = [self.clean_and_mask(complaint) for complaint in complaints]
        predictions = self._classifier.predict([one.text for one in masked])
        return [self._decided(*each) for each in zip(complaints, masked, predictions, strict=True)]

    def _decided(self, complaint: Complaint, text: MaskedText, prediction: Prediction) -> Triage:
        decision = self.route(text, prediction)
        if decision.action is Action.EMERGENCY:
            prediction = replace(prediction, urgency=raise_to_urgent(prediction.urgency))
        return Triage(complaint.id, text, prediction, decision, self._classifier.name)

    def clean_and_mask(self, complaint: Complaint) -> MaskedText:
        """The message as every later step sees it: title first, normalised, masked."""
        text = compose(complaint.title, complaint.text)
        check_complaint(text)
        return mask(normalise(text))

    def route(self, masked: MaskedText, prediction: Prediction) -> Decision:
        """Danger and statutory channels first (rules), then the department (model)."""
        gate = check_gates(masked.text)
        if gate is not None:
            return gate
        length = sum(not character.isspace() for character in masked.text)
        return decide(prediction, self._classifier.thresholds, self._catalogue, length=length)
