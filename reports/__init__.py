"""What the figures say: metric formulas, queries by cohort, exports, proofs that the sums close.

Every column has a formula with an id and a version (`sl@1`), the same on the pages, in the API,
in the command and in the files. Times are UTC ms, days are those of China.
"""

from reports.apart import Apart as Apart
from reports.asked import Asked as Asked
from reports.queries import run as run
from reports.report import Column as Column, Filters as Filters, Report as Report
