"""What documents left uncertain, and people's decisions on it: accept, correct, or leave empty.

A decision never changes what a load wrote: it makes a new version of the table, which can be rolled back.
"""

from datacraft.ingest.review.deciding import Decision, Reviewed, decide
from datacraft.ingest.review.pictures import picture_of
from datacraft.ingest.store.places import UncertainCell, uncertain_cells

__all__ = ["Decision", "Reviewed", "UncertainCell", "decide", "picture_of", "uncertain_cells"]
