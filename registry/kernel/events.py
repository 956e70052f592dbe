"""Facts a lower room announces so that upper rooms can follow without being imported."""

from django.dispatch import Signal

# Sent with `clinician_ids` inside the transaction that changed what selection may know about them.
selection_facts_changed = Signal()
