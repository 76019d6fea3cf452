"""Read models, one file a screen. Every function takes the reader's scope first."""

from entrepot.insight.queries.summary import summary as summary
from entrepot.insight.queries.summary import variant_numbers as variant_numbers
